"""Why a server refused, in the words of a person: the codes of S3, Google and Azure and of web servers."""

from __future__ import annotations

from collections.abc import Iterator

Cause = tuple[str, str]

_SIGN_IN = "Sign in again (aws sso login, gcloud auth login, az login ...), or set new keys, and run it again."
_KEYS = "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
_EXPIRED: Cause = ("the token has expired", _SIGN_IN)
_DENIED: Cause = ("no permission", "Check the credentials.")
_REGION: Cause = ("the bucket is in another region", "Set AWS_DEFAULT_REGION to the region of the bucket.")
_SLOW: Cause = ("the server asks to slow down", "Wait some minutes and run it again, with one worker.")
CHECK_BUCKET = "Check its name, and the account (AWS_PROFILE, gcloud config list, az account show)."
_BUCKET: Cause = ("there is no such bucket", CHECK_BUCKET)
_CUT: Cause = ("the server ended in the middle of the file", "Run it again; if it stays so, the file there is cut off.")
_CREDENTIALS: Cause = (
    "no credentials",
    "Set what its own tools read: AWS_PROFILE, GOOGLE_APPLICATION_CREDENTIALS, AZURE_STORAGE_CONNECTION_STRING ...; "
    "for a public bucket FSSPEC_S3_ANON=true or FSSPEC_GS_TOKEN=anon.",
)
_ARCHIVED: Cause = (
    "it is archived and not at hand",
    "Restore it there first (aws s3api restore-object, az storage blob set-tier).",
)
_UNTRUSTED: Cause = ("the server's certificate is not trusted", "Set SSL_CERT_FILE or AWS_CA_BUNDLE to its authority.")

# The codes of S3's errors (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), of Azure's storage and of
# Google's, the states that a HEAD of S3 has in their place, and the exceptions that clients raise before they ask.
_CAUSES: dict[Cause, str] = {
    _EXPIRED: "ExpiredToken ExpiredTokenException TokenRefreshRequired RequestExpired UnauthorizedSSOTokenError"
    " SSOTokenLoadError TokenRetrievalError RefreshError",
    ("the session token is not valid", _SIGN_IN): "InvalidToken InvalidClientTokenId UnrecognizedClientException"
    " InvalidAuthenticationInfo",
    ("the access key is not known there", _KEYS): "InvalidAccessKeyId",
    ("the secret key does not fit the access key", _KEYS): "SignatureDoesNotMatch",
    ("the clock of this machine is wrong", "Set it, and run it again."): "RequestTimeTooSkewed",
    _DENIED: "AccessDenied AllAccessDisabled AuthorizationFailure AuthorizationPermissionMismatch AuthenticationFailed"
    " InsufficientAccountPermissions AccountIsDisabled PublicAccessNotPermitted 401 403",
    _REGION: "PermanentRedirect TemporaryRedirect Redirect AuthorizationHeaderMalformed"
    " IllegalLocationConstraintException 301 307",
    _SLOW: "SlowDown Throttling ThrottlingException RequestLimitExceeded TooManyRequests TooManyRequestsException"
    " ServerBusy BandwidthLimitExceeded 429",
    # gcsfs calls a 502 so.
    ("the server has trouble of its own", "Wait some minutes and run it again."): "InternalError InternalServerError"
    " ServiceUnavailable 500 502 503 504 ProxyError",
    _BUCKET: "NoSuchBucket ContainerNotFound ContainerBeingDeleted",
    ("that is no name of a bucket", "Check the URL: s3://BUCKET/PREFIX, az://CONTAINER/PREFIX."): "InvalidBucketName"
    " InvalidResourceName",
    _ARCHIVED: "InvalidObjectState BlobArchived",
    ("the server took too long", "Run it again."): "OperationTimedOut RequestTimeout 408",
    ("there is no such profile", "Check AWS_PROFILE."): "ProfileNotFound",
    _CREDENTIALS: "NoCredentialsError PartialCredentialsError DefaultCredentialsError ClientAuthenticationError"
    " NoAuthenticationInformation",
    _CUT: "ClientPayloadError ServerDisconnectedError IncompleteRead IncompleteReadError ResponseStreamingError"
    " IncompleteBody ContentLengthError",
    ("it leads round in a circle", "Check the URL."): "TooManyRedirects",
    _UNTRUSTED: "ClientConnectorCertificateError SSLError SSLCertVerificationError",
}
# gcsfs makes of a 403 an error without a code.
_FORBIDDEN_BY_GOOGLE = "Forbidden: "
_BY_CODE = {code: cause for cause, codes in _CAUSES.items() for code in codes.split()}
_FINAL = frozenset({_EXPIRED, _DENIED, _REGION, _BUCKET, _CREDENTIALS, _UNTRUSTED})


def cause_of(error: BaseException) -> Cause | None:
    """The cause of an error of a storage library and what to do; None where nothing is known but that it failed.

    Args:
        error: What was raised; what it was raised from counts too.
    Example:
        >>> error = OSError(22, "Bad Request")
        >>> error.response = {"Error": {"Code": "ExpiredToken"}}
        >>> cause_of(error)[0]
        'the token has expired'
    """
    unknown = None
    for link in _chain(error):
        for code in (type(link).__name__, *_codes(link)):
            if code in _BY_CODE:
                return _with_region(_BY_CODE[code], link)
        unknown = unknown or next(iter(_codes(link)), None)
    if unknown is not None:
        return f"the server answered {unknown}", "Check the URL, the credentials and the network."
    return None


def is_final(cause: Cause) -> bool:
    """Whether asking again cannot help."""
    return cause in _FINAL or cause[0].startswith(_REGION[0])


def no_bucket(error: BaseException) -> bool:
    """Whether a thing is not there because its bucket is not."""
    return any(_BY_CODE.get(code) == _BUCKET for link in _chain(error) for code in _codes(link))


def is_wordless(error: BaseException) -> bool:
    """Whether a server told a number alone, as S3 does where it is asked for the head of an object."""
    codes = [code for link in _chain(error) for code in _codes(link)]
    return bool(codes) and all(code.isdecimal() for code in codes)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in seen:
        seen.append(link)
        yield link
        link = link.__cause__


def _codes(error: BaseException) -> Iterator[str]:
    """What an error calls itself: of botocore, of azure-core, of gcsfs, of aiohttp."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
        if code:
            yield str(code)
    for name in ("error_code", "status", "status_code", "code"):
        value = getattr(error, name, None)
        value = getattr(value, "value", value)  # azure's are of an enumeration
        if isinstance(value, str | int):
            if value:
                yield str(value)
            if name != "error_code":  # a code that is not known may stand beside a status that is
                return
    if isinstance(error, OSError) and str(error).startswith(_FORBIDDEN_BY_GOOGLE):
        yield "403"


def _with_region(cause: Cause, error: BaseException) -> Cause:
    """Where the server says which region it is, that is the remedy."""
    response = getattr(error, "response", None)
    if cause != _REGION or not isinstance(response, dict):
        return cause
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    region = response.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region")
    return (f"{cause[0]} ({region})", f"Set AWS_DEFAULT_REGION={region}.") if region else cause
