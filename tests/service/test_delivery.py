"""From the outbox to the endpoints, with a clock that stands until it is moved, and a store that may be gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping

import pytest

from detector.alerting.entries import Entry
from detector.alerting.outbox import Outbox
from detector.alerting.outcome import Outcome, OutcomeKind
from detector.alerting.routing import Endpoint
from detector.domain.errors import StoreError
from detector.service.delivery import Couriers, Delivery, Hooks
from detector.stores.memory import MemoryStore
from tests.alerting.alerts import NOW, alert
from tests.faults.surroundings import MovedClock

DELIVERED = Outcome(OutcomeKind.DELIVERED, 204)
DOWN = Outcome(OutcomeKind.RETRY, 503, "HTTP 503")


class StillClock(MovedClock):
    """... and lets happen what then can."""

    async def move(self, seconds: float) -> None:
        self.move_to(self.now() + seconds)
        await settled()


async def settled() -> None:
    """All that can happen now has happened."""
    for _ in range(100):
        await asyncio.sleep(0)


class Receiver:
    """Answers by a list, and then with 204. `gate`: an attempt waits for it."""

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.got: list[str] = []
        self.at_once = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, entry: Entry, now: float) -> Outcome:
        self.at_once += 1
        assert self.at_once == 1, "one delivery at a time"
        self.got.append(entry.id)
        await self.gate.wait()
        self.at_once -= 1
        return self.answers.pop(0) if self.answers else DELIVERED


class Store:
    """Takes all unless `gone`; `log`: what it was given, in order, and what was sent in between."""

    def __init__(self) -> None:
        self.kept = MemoryStore()
        self.gone = False
        self.refused = 0

    async def write(self, puts: Mapping[str, bytes], deletes: Iterable[str]) -> None:
        await asyncio.sleep(0)
        if self.gone:
            self.refused += 1
            raise StoreError("the store is gone")
        self.kept.checkpoint(puts, deletes)

    def keys(self) -> set[str]:
        return {key for key in self.kept.load("") if not key.startswith("endpoint:")}


class Desk:
    """A service's deliveries to one endpoint or several."""

    def __init__(self, store: Store, receivers: Mapping[str, Receiver], **endpoint: object) -> None:
        self.clock = StillClock(NOW)
        self.told: list[Delivery] = []
        self.held: list[StoreError] = []
        outbox = Outbox(Endpoint(name, **endpoint) for name in receivers)  # type: ignore[arg-type]
        outbox.restore(store.kept.load(""))
        hooks = Hooks(self.told.append, self.held.append)
        self.couriers = Couriers(outbox, receivers, store.write, self.clock, hooks)


async def under_way() -> tuple[Store, Receiver, Desk, asyncio.Task[None]]:
    """Two alerts are offered, and the receiver of the first does not answer yet."""
    store, receiver = Store(), Receiver()
    receiver.gate.clear()
    desk = Desk(store, {"hook": receiver})
    task = asyncio.create_task(desk.couriers.run())
    desk.couriers.offer([alert(), alert("alert-b")], NOW)
    await settled()
    return store, receiver, desk, task


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(story(), 20.0))


def test_an_alert_goes_out_at_once_and_the_store_knows_it() -> None:
    async def story() -> None:
        store, receiver = Store(), Receiver()
        desk = Desk(store, {"hook": receiver})
        task = asyncio.create_task(desk.couriers.run())
        await settled()
        desk.couriers.offer([alert()], NOW)
        assert desk.couriers.pending() == 1
        await settled()
        assert receiver.got == ["alert-a.1"]
        assert store.keys() == {"delivered:hook:alert-a"}
        assert [(d.entry.id, d.outcome.kind, d.next_at) for d in desk.told] == [("alert-a.1", "delivered", None)]
        desk.couriers.stop()
        await task

    run(story)


def test_a_message_is_in_the_store_before_it_is_sent() -> None:
    async def story() -> None:
        store = Store()
        receiver = Receiver()
        receiver.gate.clear()
        desk = Desk(store, {"hook": receiver}, digest_s=60.0)
        desk.couriers.offer([alert(), alert("alert-b")], NOW)
        task = asyncio.create_task(desk.couriers.run())
        await settled()
        (digest,) = receiver.got
        assert store.keys() == {f"outbox:hook:{digest}"}
        task.cancel()

    run(story)


def test_a_failed_one_is_tried_again_when_it_is_due() -> None:
    async def story() -> None:
        store, receiver = Store(), Receiver(DOWN)
        desk = Desk(store, {"hook": receiver})
        task = asyncio.create_task(desk.couriers.run())
        desk.couriers.offer([alert()], NOW)
        await settled()
        (first,) = desk.told
        assert first.next_at is not None
        assert NOW + 4.5 <= first.next_at <= NOW + 5.5
        await desk.clock.move(4.4)
        assert receiver.got == ["alert-a.1"]
        await desk.clock.move(1.2)
        assert receiver.got == ["alert-a.1", "alert-a.1"]
        assert [delivery.outcome.kind for delivery in desk.told] == ["retry", "delivered"]
        desk.couriers.stop()
        await task

    run(story)


def test_one_endpoint_that_hangs_holds_back_no_other() -> None:
    async def story() -> None:
        slow, quick = Receiver(), Receiver()
        slow.gate.clear()
        desk = Desk(Store(), {"slow": slow, "quick": quick})
        task = asyncio.create_task(desk.couriers.run())
        desk.couriers.offer([alert(), alert("alert-b")], NOW)
        await settled()
        assert (slow.got, quick.got) == (["alert-a.1"], ["alert-a.1", "alert-b.1"])
        slow.gate.set()
        await settled()
        assert slow.got == ["alert-a.1", "alert-b.1"]
        desk.couriers.stop()
        await task

    run(story)


def test_while_the_store_is_gone_nothing_is_sent_and_afterwards_all() -> None:
    async def story() -> None:
        store, receiver = Store(), Receiver()
        desk = Desk(store, {"hook": receiver})
        store.gone = True
        task = asyncio.create_task(desk.couriers.run())
        desk.couriers.offer([alert()], NOW)
        await settled()
        for _ in range(5):
            await desk.clock.move(1.0)
        desk.couriers.offer([alert("alert-b")], NOW)
        await settled()
        assert receiver.got == []
        assert store.refused == len(desk.held) >= 5
        store.gone = False
        await desk.clock.move(1.0)
        assert receiver.got == ["alert-a.1", "alert-b.1"]
        assert store.keys() == {"delivered:hook:alert-a", "delivered:hook:alert-b"}
        desk.couriers.stop()
        await task

    run(story)


def test_after_a_delivery_that_cannot_be_written_down_nothing_else_is_sent() -> None:
    async def story() -> None:
        store, receiver, desk, task = await under_way()
        store.gone = True
        receiver.gate.set()
        await settled()
        await desk.clock.move(3.0)
        assert receiver.got == ["alert-a.1"]
        store.gone = False
        await desk.clock.move(1.0)
        assert receiver.got == ["alert-a.1", "alert-b.1"]
        desk.couriers.stop()
        await task

    run(story)


@pytest.mark.parametrize("when", ["before the send", "after the send"])
def test_a_crash_makes_at_most_one_more_delivery_with_the_same_id(when: str) -> None:
    async def story() -> None:
        store, receiver = Store(), Receiver()
        if when == "before the send":
            receiver.gate.clear()
        desk = Desk(store, {"hook": receiver})
        task = asyncio.create_task(desk.couriers.run())
        desk.couriers.offer([alert(), alert("alert-b")], NOW)
        while not receiver.got:
            await asyncio.sleep(0)
        store.gone = True  # what it does from here on is lost
        await settled()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        store.gone = False
        got = list(receiver.got)
        receiver = Receiver()
        desk = Desk(store, {"hook": receiver})
        desk.couriers.offer([alert(), alert("alert-b")], NOW)  # derived again from the spool
        while await desk.couriers.deliver_due():
            pass
        assert [*got, *receiver.got] == ["alert-a.1", "alert-a.1", "alert-b.1"]

    run(story)


def test_stop_waits_for_the_delivery_that_is_under_way() -> None:
    async def story() -> None:
        store, receiver, desk, task = await under_way()
        desk.couriers.stop()
        await settled()
        assert not task.done()
        receiver.gate.set()
        await task
        assert receiver.got == ["alert-a.1"]
        assert store.keys() == {"delivered:hook:alert-a", "outbox:hook:alert-b.1"}

    run(story)


def test_a_checkpoint_carries_the_outbox_in_the_same_transaction() -> None:
    async def story() -> None:
        store = Store()
        desk = Desk(store, {"hook": Receiver()})
        desk.couriers.offer([alert()], NOW)
        store.gone = True
        with pytest.raises(StoreError):
            await desk.couriers.write(lambda: ({"stream": b"1"}, ()))
        store.gone = False
        await desk.couriers.write(lambda: ({"stream": b"2"}, ["old"]))
        assert store.keys() == {"stream", "outbox:hook:alert-a.1"}
        assert await desk.couriers.deliver_due() == 1
        assert store.keys() == {"stream", "delivered:hook:alert-a"}

    run(story)


def test_of_what_the_store_has_missed_the_last_word_counts() -> None:
    async def story() -> None:
        store, receiver = Store(), Receiver(Outcome(OutcomeKind.DEAD, 404))
        receiver.gate.clear()
        desk = Desk(store, {"hook": receiver})
        attempt = asyncio.create_task(desk.couriers.deliver_due())
        desk.couriers.offer([alert()], NOW)
        await settled()
        store.gone = True
        receiver.gate.set()
        with pytest.raises(StoreError):
            await attempt  # deletes it from what waits, and makes it a dead letter
        store.gone = False
        assert desk.couriers.outbox.resend("hook", "alert-a.1", NOW)
        await desk.couriers.write()
        assert store.keys() == {"outbox:hook:alert-a.1"}

    run(story)


def test_a_wish_to_resend_is_done_without_a_restart() -> None:
    async def story() -> None:
        store, receiver = Store(), Receiver(Outcome(OutcomeKind.GONE, 410, "HTTP 410"))
        desk = Desk(store, {"hook": receiver})
        task = asyncio.create_task(desk.couriers.run())
        desk.couriers.offer([alert()], NOW)
        await settled()
        assert desk.told[0].disabled
        store.kept.checkpoint({"resend:hook:alert-a.1": b"1"})
        assert desk.couriers.take_wishes(store.kept.load("resend:"), NOW) == 1
        await settled()
        assert receiver.got == ["alert-a.1", "alert-a.1"]
        assert store.keys() == {"delivered:hook:alert-a"}
        desk.couriers.stop()
        await task

    run(story)
