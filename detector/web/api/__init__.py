"""The API, `/api/v1`: what the service has found and hears, for programs and for its own pages. docs/api.md tells it.

forms, more_forms   what is answered, as types; the contracts of stops, alerts and gaps are those of `domain.wire`
parameters          what may be asked, and what is wrong with a question
answers             bytes with an ETag, pages with a cursor
lists               what is asked of records
alerts, stops, aircraft, places, events, login   the routes
served              what they answer from
description         OpenAPI
"""
