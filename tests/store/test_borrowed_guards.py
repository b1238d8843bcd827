"""Nobody borrows the owner's rights: what runs with them runs on the owner's tables, for what happened there.

The service may make temporary tables, since `exchange reconcile` does. A guard that hung on one of them would believe
what it is told there: that units took a step, that money was booked. Two walls stand before that, and each is tried
alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import asyncpg
import pytest

from exchange.store.rights import FUNCTIONS

if TYPE_CHECKING:
    from exchange.store.connecting import Connection

WITH_THE_OWNERS_RIGHTS: Final = """
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prosecdef AND (prorettype = 'trigger'::regtype) = $1 ORDER BY 1
"""
CALLABLE: Final = """
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prolang <> 12 AND has_function_privilege(oid, 'EXECUTE') ORDER BY 1
"""
IN_CHECKS_AND_INDEXES: Final = """
    SELECT DISTINCT p.oid::regprocedure::text AS name FROM pg_depend d JOIN pg_proc p ON p.oid = d.refobjid
    WHERE d.refclassid = 'pg_proc'::regclass AND p.pronamespace = 'public'::regnamespace AND p.prolang <> 12
      AND d.classid IN ('pg_constraint'::regclass, 'pg_class'::regclass, 'pg_attrdef'::regclass) ORDER BY 1
"""
EVERYBODY_CALLS: Final = "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC"
FOREIGN: Final = "EX009"
TABLE: Final = "CREATE TEMPORARY TABLE told (LIKE public.parcel_changes)"
TRIGGER: Final = (
    "CREATE TRIGGER borrowed AFTER INSERT ON pg_temp.told REFERENCING NEW TABLE AS told FOR EACH STATEMENT "
    "EXECUTE FUNCTION public.{}"
)
STEP: Final = "INSERT INTO pg_temp.told VALUES (1, 1, 1, 1, 1, 1, 2, 1, 5, 1, 1, 4, 0)"


async def names(connection: Connection, query: str, *arguments: object) -> list[str]:
    """The functions that a query finds."""
    return [row["name"] for row in await connection.fetch(query, *arguments)]


async def test_the_service_calls_the_functions_that_it_needs_and_no_other(service: Connection) -> None:
    assert await names(service, CALLABLE) == [function.replace(", ", ",") for function in FUNCTIONS]


async def test_what_tables_call_by_themselves_the_service_can_call(service: Connection) -> None:
    """Without the right to a function of a CHECK or an index, no row could be written."""
    called = await names(service, IN_CHECKS_AND_INDEXES)
    assert set(called) <= {function.replace(", ", ",") for function in FUNCTIONS}
    assert called


async def test_a_function_that_the_owner_makes_later_is_nobody_elses(owner: Connection, service: Connection) -> None:
    await owner.execute("CREATE FUNCTION later() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("SELECT later()")


async def test_no_guard_is_hung_on_a_table_of_the_services(service: Connection) -> None:
    guards = await names(service, WITH_THE_OWNERS_RIGHTS, True)
    assert "follow_steps()" in guards
    await service.execute(TABLE)
    for guard in guards:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for function"):
            await service.execute(TRIGGER.format(guard))


async def test_a_guard_believes_the_owners_tables_alone(owner: Connection, service: Connection) -> None:
    """The second wall by itself: whoever may call everything still gets nothing done."""
    await owner.execute(EVERYBODY_CALLS)
    await service.execute(TABLE)
    for guard in await names(service, WITH_THE_OWNERS_RIGHTS, True):
        await service.execute(TRIGGER.format(guard))
        with pytest.raises(asyncpg.PostgresError, match="on its own tables alone") as refused:
            await service.execute(STEP)
        assert refused.value.sqlstate == FOREIGN, guard
        await service.execute("DROP TRIGGER borrowed ON pg_temp.told")


async def test_what_guards_call_has_only_its_callers_rights(owner: Connection, service: Connection) -> None:
    assert await names(owner, WITH_THE_OWNERS_RIGHTS, False) == ["purge_answers(bigint,integer)"]
    await owner.execute(EVERYBODY_CALLS)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied for table standings"):
        await service.execute("SELECT cut_standings(1, 1, 2)")


@pytest.mark.parametrize("everybody", [False, True])
async def test_a_trigger_of_the_services_own_has_the_services_rights(
    owner: Connection, service: Connection, everybody: bool
) -> None:
    """Inside of a trigger of any table the guard `only_by_triggers` is content; rights and the first wall are not."""
    if everybody:
        await owner.execute(EVERYBODY_CALLS)
    await service.execute("CREATE TEMPORARY TABLE told (a integer)")
    await service.execute(
        "CREATE FUNCTION pg_temp.forget() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM public.cut_standings(1, 1, 2); RETURN NULL; END $$"
    )
    await service.execute("CREATE TRIGGER mine AFTER INSERT ON pg_temp.told EXECUTE FUNCTION pg_temp.forget()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute("INSERT INTO pg_temp.told VALUES (1)")
