"""Room: kernel. The one error table of Accord: every code with its statuses, hint and page.

The table is text because it is read more often than it is changed. One block is one row:

    CODE  HTTP-status  gRPC-status  [retryable] [private]
    = title, no full stop
    > hint: what the caller can do about it
    the explanation, a paragraph for the documentation page

Codes are promises: a code that was ever released keeps its meaning and is never used again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import msgspec

CODE_FORM = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")

GRPC_STATUSES = frozenset(
    {
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    }
)

_GRPC_OF_STATUS = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "FAILED_PRECONDITION",
    410: "NOT_FOUND",
    412: "ABORTED",
    428: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class ErrorRow(msgspec.Struct, frozen=True):
    """One row of the error table; `status` is the HTTP status, `grpc` the name of the gRPC one.

    `hint` tells the caller what to do, `explanation` is the paragraph of the documentation page.
    A row with `public=False` happens inside only and has no page. Raises ValueError when malformed.
    """

    code: str
    title: str
    status: int
    grpc: str
    retryable: bool
    hint: str
    explanation: str
    public: bool = True

    def __post_init__(self) -> None:
        if not CODE_FORM.fullmatch(self.code):
            raise ValueError(f"error code {self.code!r} is not of the form SCREAMING_SNAKE_CASE")
        if not 400 <= self.status <= 599:
            raise ValueError(f"error {self.code}: status {self.status} is not in 400..599")
        if self.grpc not in GRPC_STATUSES:
            raise ValueError(f"error {self.code}: gRPC has no status {self.grpc!r}")
        for name in ("title", "hint", "explanation"):
            if not getattr(self, name).strip():
                raise ValueError(f"error {self.code}: its {name} is empty")


class DetailRow(msgspec.Struct, frozen=True):
    """One row of the table of detail codes: what can be wrong with one field or parameter."""

    code: str
    title: str

    def __post_init__(self) -> None:
        if not CODE_FORM.fullmatch(self.code) or not self.title.strip():
            raise ValueError(f"detail {self.code!r} needs a SCREAMING_SNAKE_CASE code and a title")


def grpc_of(status: int) -> str:
    """The gRPC status name nearest to an HTTP status: 403 → "PERMISSION_DENIED"."""
    return _GRPC_OF_STATUS.get(status, "INTERNAL" if status >= 500 else "INVALID_ARGUMENT")


def parse_rows(text: str) -> Iterator[ErrorRow]:
    """The rows of a table in the form told on top of this file; ValueError names a bad block."""
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines()]
        head = lines[0].split()
        flags = set(head[3:])
        if (
            len(lines) < 4
            or len(head) < 3
            or not head[1].isdigit()
            or not lines[1].startswith("= ")
            or not lines[2].startswith("> ")
            or flags - {"retryable", "private"}
        ):
            raise ValueError(f"malformed row of the error table: {block!r}")
        yield ErrorRow(
            code=head[0],
            title=lines[1][2:],
            status=int(head[1]),
            grpc=head[2],
            retryable="retryable" in flags,
            hint=lines[2][2:],
            explanation=" ".join(lines[3:]),
            public="private" not in flags,
        )


def table_of(rows: Iterator[ErrorRow]) -> Mapping[str, ErrorRow]:
    """Rows by code, unchangeable; ValueError when a code stands there twice."""
    table: dict[str, ErrorRow] = {}
    for row in rows:
        if row.code in table:
            raise ValueError(f"error code {row.code} stands in the table twice")
        table[row.code] = row
    return MappingProxyType(table)


def details_of(text: str) -> Mapping[str, DetailRow]:
    """The table of detail codes, one `CODE title` on each line; ValueError for a repeated code."""
    rows = [DetailRow(*line.split(maxsplit=1)) for line in text.strip().splitlines()]
    table = {row.code: row for row in rows}
    if len(table) != len(rows):
        raise ValueError("a detail code stands in the table twice")
    return MappingProxyType(table)


_TABLE = """
MALFORMED_JSON 400 INVALID_ARGUMENT
= The body is not JSON
> Send exactly one JSON value, encoded in UTF-8.
The parser could not read the body as JSON (RFC 8259). The message names the byte at which it
stopped. Common causes are a trailing comma, single quotes, an empty body and a body that was cut.

MALFORMED_REQUEST 400 INVALID_ARGUMENT
= The request is malformed
> Compare the shape of the request with the one documented for this operation.
The request was readable but does not have the outer shape the operation needs, for example a list
where one object belongs, or a JSON:API document without `data`.

JSON_TOO_DEEP 400 INVALID_ARGUMENT
= The JSON is nested too deeply
> Flatten the document, or ask the operator to raise limits.json_depth.
Lists and objects may be nested only so many levels deep, because each level costs the server stack
and memory. The message gives the limit.

UNKNOWN_PARAMETER 400 INVALID_ARGUMENT
= Unknown query parameter
> Use one of the parameters named in the message, or leave the parameter out.
Unknown parameters are refused rather than ignored: a filter with a typing error that is silently
dropped would return rows nobody asked for.

UNKNOWN_FIELD 400 INVALID_ARGUMENT
= Unknown field
> Ask only for the fields named in the message.
The parameter that chooses fields names one the resource does not have, or one this caller may not
know about.

UNKNOWN_FILTER 400 INVALID_ARGUMENT
= Unknown filter
> Filter by one of the fields and operators named in the message.
A filter must be declared by the resource, so that every filter the server accepts is one it can
answer fast. The name or its operator is not among the declared ones.

UNKNOWN_SORT 400 INVALID_ARGUMENT
= Unknown sort
> Sort by one of the fields named in the message.
Sorts are declared by the resource. Put a minus before the name to sort downwards.

UNKNOWN_INCLUDE 400 INVALID_ARGUMENT
= Unknown relation
> Include only the relations named in the message.
The include parameter follows relations by their names, joined by dots. One step of the path is not
a relation of the resource reached so far.

INVALID_PARAMETER 400 INVALID_ARGUMENT
= The value of a parameter is invalid
> Correct the value; the details say which form is expected.
A parameter of the query or of the path is known, but its value cannot be read as the type the
parameter has, or lies outside the allowed range.

INVALID_HEADER 400 INVALID_ARGUMENT
= The value of a header is invalid
> Correct the header named in the details, or leave it out.
A header this operation reads does not have the form its specification gives it, for example an
`If-Match` that is no list of entity tags.

CONFLICTING_PARAMETERS 400 INVALID_ARGUMENT
= Parameters contradict each other
> Keep one of the parameters named in the message.
Two parameters say the same thing in two spellings, or things that exclude each other, such as a
cursor together with a page number.

TOO_MANY_PARAMETERS 400 INVALID_ARGUMENT
= Too many query parameters
> Send fewer parameters, or ask the operator to raise limits.query_parameters.
The number of query parameters in one request is limited. Combine several values of one filter into
an `_in` filter.

INVALID_CURSOR 400 INVALID_ARGUMENT
= The cursor is invalid
> Start again from the first page and follow the links of the answers.
A cursor belongs to the resource, sort, filter and tenant it was made for and to the server that
signed it. It was changed, cut, or used with other parameters than those it came with.

PAGE_TOO_LARGE 400 INVALID_ARGUMENT
= The page is too large
> Ask for at most as many rows as the message allows and follow the links.
Each resource has a largest page. Follow `next` to read more rows than fit on one page.

INCLUDE_TOO_DEEP 400 INVALID_ARGUMENT
= The relations are followed too deeply
> Follow fewer relations in one request, or ask the operator to raise limits.include_depth.
An include path may have only so many steps, because each step multiplies the rows that the
database has to read.

TOO_MANY_ROWS 400 INVALID_ARGUMENT
= The includes may bring too many rows
> Ask for a smaller page or include fewer lists, or ask the operator to raise limits.included_rows.
Each list that is included brings up to a page of rows for every row above it, so that lists within
lists multiply. The product is known before anything is read, and it has a limit.

FILTER_TOO_COMPLEX 400 INVALID_ARGUMENT
= The filter is too complex
> Use fewer conditions, or less nesting; `in` replaces long lists of alternatives.
A filter tree may have only so many conditions and levels, because each one becomes work for the
database in every row it looks at.

UNAUTHENTICATED 401 UNAUTHENTICATED
= Authentication is required
> Send credentials in the Authorization header.
The operation is not open to callers without credentials. `WWW-Authenticate` names the schemes the
server understands.

INVALID_CREDENTIALS 401 UNAUTHENTICATED
= The credentials are invalid
> Check that the key or token is complete, belongs to this server and has not expired.
Credentials were sent, but the server does not accept them. For safety the answer does not tell
whether they are unknown, expired or revoked.

FORBIDDEN 403 PERMISSION_DENIED
= This is not allowed
> Use credentials that have the needed role, or ask the owner for access.
The caller is known, but none of the caller's grants covers this operation, or an explicit denial
covers it. Rows the caller cannot read answer NOT_FOUND instead.

FIELD_FORBIDDEN 403 PERMISSION_DENIED
= A field is not accessible
> Leave out the fields named in the details.
The operation is allowed, but not with these fields: the caller may not read, write, filter or sort
by at least one of them.

NOT_FOUND 404 NOT_FOUND
= Not found
> Check the id; list the collection to see what you can read.
There is no such row, or it is not readable for this caller. The two cases look the same on purpose.

ROUTE_NOT_FOUND 404 UNIMPLEMENTED
= There is nothing at this path
> Check the path against the documentation; paths are case-sensitive.
No resource, relation or action lives at this path. Mind the version at its start and the plural
form of resource names.

METHOD_NOT_ALLOWED 405 UNIMPLEMENTED
= The method is not allowed here
> Use one of the methods in the Allow header.
The path exists, but not with this method. `Allow` lists the methods that it does have.

NOT_ACCEPTABLE 406 INVALID_ARGUMENT
= No acceptable representation
> Accept one of the media types named in the message, or send no Accept header.
None of the media types in `Accept` can be produced for this resource (RFC 9110, section 12.5.1).

CONFLICT 409 ABORTED
= The request conflicts with the current state
> Read the resource again and decide whether the change is still wanted.
The change cannot be made to the state that the resource is in now, or a change made at the same
moment got in its way.

UNIQUE_VIOLATION 409 ALREADY_EXISTS
= It already exists
> Choose another value for the fields named in the details, or change the existing row.
Another row already has this value in a field, or this combination in several fields, that must be
unique.

REFERENCED 409 FAILED_PRECONDITION
= It is still referenced
> Delete or change the rows that refer to it first.
The row cannot be deleted, nor its key changed, while other rows refer to it.

GONE 410 NOT_FOUND
= It has been deleted
> Forget the id; the row will not come back under it.
The row existed and was deleted. Only callers who could have read it see this answer, all others
see NOT_FOUND.

PRECONDITION_FAILED 412 ABORTED
= The resource has changed
> Read the resource again, apply the change to the new state and send the new ETag.
The request was bound to a version of the resource by `If-Match`, `If-None-Match` or a date, and
that condition does not hold any more (RFC 9110, section 13).

BODY_TOO_LARGE 413 RESOURCE_EXHAUSTED
= The body is too large
> Send less in one request, or ask the operator to raise limits.body_bytes.
The body is longer than the server reads. The message gives the limit in bytes.

URI_TOO_LONG 414 INVALID_ARGUMENT
= The address is too long
> Shorten the query, or ask the operator to raise limits.uri_bytes.
Path and query together are longer than the server reads. The message gives the limit in bytes.

UNSUPPORTED_MEDIA_TYPE 415 INVALID_ARGUMENT
= The media type is not supported
> Send the body in one of the media types named in the message.
The `Content-Type` or `Content-Encoding` of the body is missing, or is not one that this operation
reads.

VALIDATION_ERROR 422 INVALID_ARGUMENT
= The content is not valid
> Correct the fields named in the details; they list all failures at once.
The body is well-formed, but some of its values break the rules of their fields. Each entry of
`details` names the field, a pointer into the body, a code and what is allowed.

TOO_MANY_ITEMS 422 INVALID_ARGUMENT
= Too many items
> Split the request into smaller ones, or ask the operator to raise limits.bulk_items.
One bulk request may change only so many rows. The message gives the limit.

REFERENCE_NOT_FOUND 422 FAILED_PRECONDITION
= A referenced row does not exist
> Check the ids in the fields named in the details.
The change refers to a row that does not exist, or that this caller may not refer to.

CHECK_VIOLATION 422 INVALID_ARGUMENT
= A rule of the data is broken
> Change the fields named in the details so that the rule holds.
The row as it would be after the change breaks a rule that the database or the resource declares
for it.

NOT_NULL_VIOLATION 422 INVALID_ARGUMENT
= A required value is missing
> Give the fields named in the details a value other than null.
The row as it would be after the change has no value in a field that must have one.

PRECONDITION_REQUIRED 428 FAILED_PRECONDITION
= A condition is required
> Read the resource and repeat the request with its ETag in If-Match.
The resource is changed only by requests that name the version they were made for, so that no
change overwrites another one unseen (RFC 6585).

RATE_LIMITED 429 RESOURCE_EXHAUSTED retryable
= Too many requests
> Wait as long as Retry-After says, then go on more slowly.
The caller has used up what is allowed in a span of time. The `RateLimit` headers of every answer
tell how much is left.

HEADERS_TOO_LARGE 431 INVALID_ARGUMENT
= The headers are too large
> Send fewer or shorter headers.
The headers together, or one of them, are longer than the server reads (RFC 6585).

CANCELLED 499 CANCELLED retryable
= The request was cancelled
> Send the request again if its result is still wanted.
The client went away before the answer was ready, and the work was stopped. Nothing was changed.
This stands in logs; the client that caused it does not see it.

INTERNAL 500 INTERNAL
= Internal error
> Report the request id to the operator of this server.
The server met a condition that its authors did not foresee. The cause stands in the server's log
under the request id; for safety it is not told to callers.

NOT_IMPLEMENTED 501 UNIMPLEMENTED
= Not implemented
> Use another way to the same goal; the documentation lists what is served.
The request is understood and meaningful, but this server does not do it, or not over this protocol.

UNAVAILABLE 503 UNAVAILABLE retryable
= The service is not available
> Wait as long as Retry-After says and try again.
The server is starting, stopping, or cannot reach its database. Nothing was changed.

DATABASE_BUSY 503 UNAVAILABLE retryable
= The database is busy
> Wait as long as Retry-After says and try again.
No connection became free in time, or others held the needed locks for too long even after several
attempts. Nothing was changed.

TIMEOUT 504 DEADLINE_EXCEEDED retryable
= The database took too long
> Ask for less: a smaller page, fewer includes, a narrower filter.
One statement ran longer than database.statement_timeout allows and was stopped. Nothing was
changed.

DEADLINE_EXCEEDED 504 DEADLINE_EXCEEDED retryable
= The request took too long
> Try again later, ask for less, or allow the request more time.
The request as a whole did not finish within server.request_timeout, or within the deadline its
client gave. A change may or may not have been made; read before trying it again.
"""

_DETAILS = """
REQUIRED             The field is required
UNKNOWN_ATTRIBUTE    The resource has no such field
READ_ONLY            The field is set by the server
IMMUTABLE            The field cannot change once it is set
INVALID_TYPE         The value has the wrong type
INVALID_FORMAT       The value does not have the expected format
TOO_SHORT            The value is too short
TOO_LONG             The value is too long
TOO_SMALL            The value is too small
TOO_LARGE            The value is too large
NOT_A_MULTIPLE       The value is not a multiple of the step
NOT_ALLOWED_VALUE    The value is not one of the allowed ones
PATTERN_MISMATCH     The value does not match the pattern
NULL_NOT_ALLOWED     The value must not be null
DUPLICATE            The value is already in use
NOT_FOUND_REFERENCE  The referenced row does not exist
CHECK_FAILED         The value breaks a rule of the data
FIELD_NOT_ALLOWED    The field is not accessible for this caller
"""

ERRORS: Mapping[str, ErrorRow] = table_of(parse_rows(_TABLE))
DETAILS: Mapping[str, DetailRow] = details_of(_DETAILS)
