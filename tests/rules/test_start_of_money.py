"""Money of 2021-2023 that the start is made of, and the exporters of an organisation, with neighbours apart."""

import numpy as np

from klyngesim.ecosystem.by_organisation import References
from klyngesim.ecosystem.processes.recruitment import exporter_ratio
from klyngesim.ecosystem.reference import funds, own_part
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
