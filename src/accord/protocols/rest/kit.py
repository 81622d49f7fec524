"""Room: protocols/rest. What the handlers of one API share, made once at start-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.binding import binding
from accord.contract import resource
from accord.protocols.rest import builder, envelope, filters, jsonapi, page, projection, template
from accord.runtime import input as inputs
from accord.runtime import service

_TEMPLATE_BYTES = 8_388_608


@dataclass(frozen=True, slots=True, eq=False)
class Kit:
    """Services and tables of one API; `secret` is the key of its cursors."""

    service: service.Service
    binding: binding.Binding
    secret: bytes
    inputs: inputs.Inputs
    tools: builder.Tools
    representations: Mapping[str, envelope.Representation]
    cache: template.Cache

    @property
    def base(self) -> str:
        """The path before every resource, without a slash at its end."""
        return self.binding.contract.style.base_path.rstrip("/")


def make(served: service.Service, secret: bytes) -> Kit:
    """The kit of a service's binding."""
    bound, limits = served.binding, served.settings.limits
    reading = inputs.Inputs(bound, served.settings.limits.bulk_items)
    specs = bound.contract.resources
    sizes = {each.name: size_of(each, limits.page_size_default) for each in specs}
    depth = limits.include_depth
    tools = builder.Tools(
        projections=projection.Projections(bound.contract, depth, sizes),
        filters={each.name: filters.Filters(each, reading.codecs, limits) for each in specs},
        pages={
            each.name: page.Pages(
                each,
                reading.codecs,
                sizes[each.name],
                each.limits.page_max or limits.page_size_max,
            )
            for each in specs
        },
        limits=limits,
    )
    plain, document = envelope.of(bound.contract), jsonapi.JsonApi(bound.contract)
    return Kit(
        service=served,
        binding=bound,
        secret=secret,
        inputs=reading,
        tools=tools,
        representations={plain.media: plain, document.media: document},
        cache=template.Cache(limits.plan_cache_entries, _TEMPLATE_BYTES),
    )


def size_of(spec: resource.Resource, default: int) -> int:
    """The rows of a page that names no limit; never more than the resource's largest page."""
    size = spec.limits.page_size or default
    return min(size, spec.limits.page_max) if spec.limits.page_max else size
