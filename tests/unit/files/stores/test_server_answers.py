"""The causes that the clients of Google's and Azure's storage tell, by errors made as theirs are."""

from __future__ import annotations

import pytest

from lookoutcv.files.stores.server_answers import cause_of


class HttpError(Exception):
    """As gcsfs.retry's: `code` is the status."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"x, {code}")


class HttpResponseError(Exception):
    """As azure.core's: `error_code` of the service, beside the status."""

    def __init__(self, error_code: str, status_code: int) -> None:
        self.error_code, self.status_code = error_code, status_code
        super().__init__("x")


class RefreshError(Exception):
    """As google.auth's."""


class DefaultCredentialsError(Exception):
    """As google.auth's."""


@pytest.mark.parametrize(
    ("error", "cause", "remedy"),
    [
        (OSError("Forbidden: b/photos/o\nno storage.objects.list access"), "no permission", "Check the credentials"),
        (HttpError(401), "no permission", "Check the credentials"),
        (HttpError(429), "the server asks to slow down", "with one worker"),
        (HttpError(500), "the server has trouble of its own", "Wait some minutes"),
        (HttpError(503), "the server has trouble of its own", "Wait some minutes"),
        (HttpResponseError("InternalError", 500), "the server has trouble of its own", "Wait some minutes"),
        (HttpError(408), "the server took too long", "Run it again"),
        (RefreshError("x"), "the token has expired", "gcloud auth login"),
        (DefaultCredentialsError("x"), "no credentials", "GOOGLE_APPLICATION_CREDENTIALS"),
        (HttpResponseError("AuthenticationFailed", 403), "no permission", "Check the credentials"),
        (HttpResponseError("NoAuthenticationInformation", 401), "no credentials", "AZURE_STORAGE_CONNECTION_STRING"),
        (HttpResponseError("InvalidAuthenticationInfo", 401), "the session token is not valid", "az login"),
        (HttpResponseError("PublicAccessNotPermitted", 409), "no permission", "Check the credentials"),
        (HttpResponseError("ServerBusy", 503), "the server asks to slow down", "Wait some minutes"),
        (HttpResponseError("ContainerNotFound", 404), "there is no such bucket", "az account show"),
        (HttpResponseError("ContainerBeingDeleted", 409), "there is no such bucket", "az account show"),
        (HttpResponseError("InvalidResourceName", 400), "that is no name of a bucket", "az://CONTAINER"),
        (HttpResponseError("BlobArchived", 409), "it is archived and not at hand", "az storage blob set-tier"),
    ],
)
def test_causes_of_google_and_azure(error: Exception, cause: str, remedy: str) -> None:
    found = cause_of(error)
    assert found is not None
    assert found[0] == cause
    assert remedy in found[1]


def test_another_error_of_the_system_has_no_such_cause() -> None:
    assert cause_of(OSError("Forbidden fruit")) is None
