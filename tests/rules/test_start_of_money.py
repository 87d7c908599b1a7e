"""Money of 2021-2023 that the start is made of, and the exporters of an organisation, with neighbours apart."""

import numpy as np

from klyngesim.ecosystem.by_organisation import References
from klyngesim.ecosystem.processes.recruitment import exporter_ratio
from klyngesim.ecosystem.reference import funds, otherwise, own_part
from klyngesim.population.strongholds import SIZE_NAMES
from tests.rules.policies import close, values


def test_exporters_of_an_organisation():
    assert close([exporter_ratio(1.8, pull) for pull in (1.0, 0.5, 0.0, 2.0)], [1.8, 1.4, 1.0, 2.6])


def money(**change):
    usual = {
        "private.fees_share": 0.4,
        "private.sponsorship_share": 0.1,
        "private.foundations_share": 0.2,
        "external.overhead_share": 0.25,
        **{f"fees.{name}": 1000.0 for name in SIZE_NAMES},
    }
    return values(1, **{**usual, **change})


def test_private_money_and_own_business_of_the_start():
    """20 private and 8 + 4 + 4 external a quarter."""
    ref = References(1, 1)
    ref.external_quarter, ref.private_quarter = np.array([8.0, 4.0, 4.0]), 20.0
    funds(money(), ref)
    assert close(ref.fees_quarter, [8.0]) and close(ref.sponsorship_quarter, [2.0])
    assert close(ref.foundations_quarter, [4.0])
    assert close(ref.project_cash_quarter, [6.0])
    assert close(ref.own_income_quarter, [14.0 + 0.25 * 16.0])
    assert close(ref.business_quarter, [16.0 + 20.0])


def test_own_part_of_the_grant():
    policy = values(1, grant__ufs_share=0.75, grant__passthrough_ufs=0.4, grant__passthrough_deb=0.2)
    assert close(own_part(policy), [1.0 - 0.3 - 0.05])


def test_meetings_that_others_pay_cost_what_the_grants_do():
    """A tenth of three quarters of 18 own and 16 external money, at 0.1 and 0.15 million for either type of meeting."""
    types = {name: 1.0 for name in ("dissemination", "internationalisation", "application", "project")}
    policy = values(
        1,
        finance__running_base=0.9,
        external__activity_share=0.1,
        seats__internationalisation_firms=10.0,
        seats__internationalisation_institutions=2.0,
        **{f"activity_cost__{name}": weight for name, weight in (types | {"internationalisation": 1.5}).items()},
    )
    ref = References(1, 1)
    ref.external_quarter, ref.own_income_quarter = np.array([8.0, 4.0, 4.0]), 18.0
    ref.unit_cost, ref.mix, ref.meeting_cost_share = 0.1, np.array([0.3, 0.1, 0.2, 0.4]), 0.75
    otherwise(policy, ref)
    assert close(ref.own_activity_quarter, [1.8]) and close(ref.external_activity_quarter, [1.2])
    assert close(ref.meetings_otherwise, [(0.75 * 1.8 + 1.2) / (0.75 * 0.1 + 0.25 * 0.15)])
