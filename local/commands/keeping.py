"""`make start KEEP=1`: tables and objects survive a restart.

When the stack stops, everything in its tables and buckets is read through the public
APIs into one zip file; the next start puts it back after the deploy. The emulator can
keep its state itself (PERSIST_STATE, S3_PERSIST), but in files of its own format and
version, and it keeps everything: stacks, roles and code as well. A deploy would then
find the resources of an older one, and another release of the emulator might not read
the files.

Data is saved only when the stack stops, because saving reads everything and would
slow down the requests that the emulator answers meanwhile.
"""

from __future__ import annotations

import os
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from local import console
from local.deploy.build import STATE
from local.emulator.clients import Client
from local.emulator.snapshot import Stores, UnfitError, put_back, read_manifest, write
from local.stopping import StoppedError, ignore_signals, stop_on_signals
from local.template import shown

# What a damaged file or one of another kind can raise while it is read.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(KeyError, TypeError, ValueError),
)


class KeepError(Exception):
    """Data cannot be saved or restored; the text is one line that says what to do."""


class Kept:
    """The file with the saved data of one CLOUD_PORT.

    `client` returns the client of an AWS service.
    """

    def __init__(self, cloud_port: int) -> None:
        self.file = STATE / f"kept-{cloud_port}.zip"
        self.name = shown(self.file)

    def check(self) -> None:
        """Raise `KeepError` if the file exists and this program cannot read it."""
        if self.file.exists():
            with self._reading() as kept:
                read_manifest(kept)

    def save(self, stores: Stores, client: Callable[[str], Client]) -> None:
        """Save everything; the old file stays until the new one is complete.

        Raises `KeepError`.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_name(f"{self.file.name}.new")
        try:
            with draft.open("wb") as output:
                with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as kept:
                    write(kept, stores, client)
                output.flush()
                os.fsync(output.fileno())  # or it might be empty after a power cut
            draft.replace(self.file)
        except (BotoCoreError, ClientError, OSError) as error:
            raise self.lost(str(error)) from error
        except StoppedError:
            raise self.lost("stopped meanwhile") from None
        finally:
            draft.unlink(missing_ok=True)

    def restore(self, stores: Stores, client: Callable[[str], Client]) -> None:
        """Restore everything that has not expired into empty tables and buckets.

        Raises `KeepError`; the file stays as it is in any case.
        """
        with self._reading() as kept:
            put_back(kept, stores, client)

    def lost(self, reason: str) -> KeepError:
        """Return the error for unsaved data; it says whether older data remains."""
        older = "there is nothing from before"
        if self.file.exists():
            older = f"{self.name} still has what was kept before"
        return KeepError(f"tables and objects were not kept: {reason}; {older}")

    @contextmanager
    def _reading(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.file) as kept:
                yield kept
        except UNREADABLE as error:
            reason = f"cannot be read ({type(error).__name__}: {error})"
            raise self._refused(reason) from error
        except UnfitError as error:
            raise self._refused(str(error)) from error
        except (BotoCoreError, ClientError) as error:
            raise self._refused(f"cannot be put back: {error}") from error

    def _refused(self, reason: str) -> KeepError:
        return KeepError(
            f"{self.name} {reason}; move it away to begin with empty tables, or start"
            " without KEEP=1"
        )


@contextmanager
def keeping(
    kept: Kept,
    stores: Stores,
    client: Callable[[str], Client],
    cloud_failed: Callable[[], str | None],
) -> Iterator[None]:
    """Restore the saved data, and save everything when the block ends.

    After an error of the block too, unless the cloud is gone (`cloud_failed` says so).
    Raises `KeepError`.
    """
    if kept.file.exists():
        with console.step("put back", kept.name):
            kept.restore(stores, client)
    try:
        yield
    except StoppedError:  # before anything was served
        raise
    except BaseException:
        _save_if_possible(kept, stores, client, cloud_failed)
        raise
    _save(kept, stores, client)


def _save_if_possible(
    kept: Kept,
    stores: Stores,
    client: Callable[[str], Client],
    cloud_failed: Callable[[], str | None],
) -> None:
    """Save everything after a failure, which the caller reports."""
    try:
        if cloud_failed():
            raise kept.lost("the AWS endpoint is gone")
        _save(kept, stores, client)
    except KeepError as error:
        sys.stderr.write(f"start: {' '.join(str(error).split())}\n")


def _save(kept: Kept, stores: Stores, client: Callable[[str], Client]) -> None:
    # A second interrupt means that the user does not want to wait for it.
    stop_on_signals()
    with console.step("keep", kept.name):
        kept.save(stores, client)
    ignore_signals()
