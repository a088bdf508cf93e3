"""What the contract says, member by member, and which case would notice its loss.

`twinproof lint` lists every *requirement* that no case meets: each field, bound, enum
value, parameter and header has to be accepted, answered, stored, taken at its bound and
refused past it. A requirement is met by a case that fails when an implementation drops
or changes the thing; a case that only mentions it does not count.

Everything is worked out from files: `walk` enumerates the schemas, `evidence` says what
each case sends and pins, `bodies`, `parameters`, `answers` and `items` say what is
required, `report` says what is missing.
"""
