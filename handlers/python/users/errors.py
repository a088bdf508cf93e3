"""The errors of users, in addition to those that all operations share."""

from shared.errors import NotFound, ServiceError


class UserNotFound(NotFound):
    """There is no such user, or it has expired."""

    def __init__(self, user_id: str) -> None:
        super().__init__(user_id)
        self.user_id = user_id


class EmailTaken(ServiceError):
    """Another live user has this email address."""

    problem = "email-taken"

    def __init__(self, email: str) -> None:
        super().__init__(email)
        self.email = email
