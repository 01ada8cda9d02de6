from __future__ import annotations

from pathlib import Path

import msgspec

from detector.cases.bundle import settings_told
from detector.settings import load_settings

SECRETS = """\
service: {store: "redis://:hunter2@redis.example/0", token_env: SECRET_NAME}
spool: {folder: /somewhere/of/mine}
feeds:
  - {name: roof, kind: beast, host: hidden.example, port: 30005, lat: 43.6, lon: 1.4, height_ft: 600}
  - {name: far, kind: readsb, url: "https://user:pa@ss@hidden.example/key-in-path/aircraft.json?key=hunter2"}
  - {name: sky, kind: opensky, client_id: hidden-id, client_secret_file: /somewhere/secret}
  - {name: in, kind: beast-listen, host: 0.0.0.0, port: 30004, trust: partner}
endpoints:
  - name: desk
    url: "https://hidden.example/hook"
    secrets: ["whsec_aHVudGVyMmh1bnRlcjJodW50ZXIy"]
    headers: {x: hunter2}
receivers:
  - {id: 7, name: barn, lat: 44.0, lon: 2.0, height_ft: 500}
tracking: {silence_s: 240}
"""


def test_a_bundle_tells_nothing_of_where_things_are_nor_any_secret(tmp_path: Path) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text(SECRETS, encoding="utf-8")
    told = msgspec.json.encode(settings_told(load_settings(path))).decode()
    for secret in ("hunter2", "hidden", "whsec", "SECRET_NAME", "somewhere", "ss@", "30005", "0.0.0.0"):
        assert secret not in told, secret


def test_what_an_alert_rests_on_is_told_whole(tmp_path: Path) -> None:
    path = tmp_path / "detector.yaml"
    path.write_text(SECRETS, encoding="utf-8")
    whole = load_settings(path)
    told = settings_told(whole)
    assert told.tracking == whole.tracking
    assert told.unconfirming() == whole.unconfirming()
    places = {receiver.id: (receiver.lat, receiver.lon, receiver.height_ft) for receiver in told.placed_receivers()}
    assert places == {r.id: (r.lat, r.lon, r.height_ft) for r in whole.placed_receivers()}
    assert len(places) == 2
