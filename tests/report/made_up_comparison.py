"""A made-up comparison directory: every number is one that no other unit could give.

Differences in per cent differ from those in shares and in units of the indicator, kroner from million kroner, the ends
of intervals from their middle, the two windows from each other, and every neighbouring column from the next. Of
the three variants one has no title in English, no assumptions and a baseline of nothing, and one changes nothing.
"""

from __future__ import annotations

import json

from klyngesim.results.comparison import FORMAT

FIRST, LATER = "2025-2034", "2025-2044"

TABLES = {
    "comparison.csv": """\
scenario,baseline,indicator,window,mean_difference,low,high,relative,share_same_sign,n_pairs,prob_best,expected_regret,verdict,rests_on,share_better,share_worse,tenable_low,tenable_high,tenable_better,tenable_worse,tenable_neither,tenable_n,outlook,decided_by,rank_correlation,decided_by_next,rank_correlation_next
alpha,baseline,participants_unique_year,2025-2034,-1000,-1200,-800,-0.125,1,8,0.0625,1010,worse,assumption,0,1,-1900,300,0.0625,0.8125,0.125,16,holds,fees.elasticity,0.75,trust.gain,-0.5
alpha,baseline,members,2025-2034,120,80,160,0.03,0.875,8,0.875,12.5,better,data,0.75,0,-90,210,0.4375,0.1875,0.375,16,turns,fees.elasticity,0.875,,
alpha,baseline,small_firm_share,2025-2034,0.0048,-0.0008,0.0104,0.012,0.75,8,0.625,0.0035,uncertain,assumption,0.25,0.125,-0.002,0.0136,0.3125,0.0625,0.625,16,open,trust.gain,0.625,,
beta,baseline,withheld_mkr,2025-2034,3.25,3.1,3.4,,1,8,0,3.5,worse,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,staff_left_fte,2025-2034,18,16,20,0.45,1,8,0.125,19,worse,assumption,0.125,0.125,,,,,,0,,,,,
beta,baseline,return_rate,2025-2034,0.02,-0.01,0.05,0.04,0.75,8,0.375,0.03,uncertain,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,new_participants,2025-2034,2,-3,7,0.004,0.5,8,0.375,4,no difference,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,innovations,2025-2034,0,0,0,0,1,8,0,0,nothing changes,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,social_capital,2025-2034,5,5,5,0.5,1,4,1,0,,data,0.125,0.125,,,,,,0,,,,,
alpha,baseline,participants_unique_year,2025-2044,-1120,-1360,-880,-0.14,1,8,0.125,1030,worse,assumption,0,0.875,-2100,400,0.0625,0.75,0.1875,16,holds,fees.elasticity,0.6875,,
alpha,baseline,members,2025-2044,40,-24,104,0.01,0.625,8,0.5,27.5,uncertain,data,0.375,0.25,-130,190,0.3125,0.25,0.4375,16,open,fees.elasticity,0.8125,,
alpha,baseline,small_firm_share,2025-2044,0.0064,-0.0004,0.0132,0.016,0.75,8,0.75,0.0025,uncertain,assumption,0.25,0,-0.0024,0.0164,0.375,0.125,0.5,16,open,,,,
beta,baseline,withheld_mkr,2025-2044,4.25,4.1,4.4,,1,8,0,4.5,worse,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,staff_left_fte,2025-2044,17,15,19,0.425,1,8,0.125,18,worse,assumption,0.125,0.125,,,,,,0,,,,,
beta,baseline,return_rate,2025-2044,0.03,0.02,0.04,0.06,1,8,1,0,better,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,new_participants,2025-2044,1,-4,6,0.002,0.5,8,0.25,5,no difference,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,innovations,2025-2044,0,0,0,0,1,8,0,0,nothing changes,data,0.125,0.125,,,,,,0,,,,,
beta,baseline,social_capital,2025-2044,6,6,6,0.6,1,4,1,0,,data,0.125,0.125,,,,,,0,,,,,
""",
    "precision.csv": """\
scenario,indicator,window,n_pairs,baseline_mean,half_width,smallest_effect,pairs_needed,correlation,sd_paired,sd_independent,independent_pairs
alpha,participants_unique_year,2025-2034,8,8000,200,160,13,0.9,300,950,80
alpha,members,2025-2034,8,4000,40,80,8,0.8,60,134,40
alpha,small_firm_share,2025-2034,8,0.4,0.0056,0.008,8,0.7,0.008,0.015,28
beta,withheld_mkr,2025-2034,8,0,0.15,0,inf,0,0.2,0.2,8
beta,staff_left_fte,2025-2034,8,40,2,0.8,50,0.6,3,5,22
beta,return_rate,2025-2034,8,0.5,0.03,0.01,72,0.5,0.04,0.06,18
beta,new_participants,2025-2034,8,500,5,10,11,0.4,7,9,13
beta,innovations,2025-2034,8,70,0,1.4,8,1,0,12,
beta,social_capital,2025-2034,4,10,0,0.2,,0.2,0,3,
alpha,participants_unique_year,2025-2044,8,8000,240,160,18,0.9,350,980,63
alpha,members,2025-2044,8,4000,64,80,8,0.8,95,212,40
alpha,small_firm_share,2025-2044,8,0.4,0.0068,0.008,8,0.7,0.01,0.018,26
beta,withheld_mkr,2025-2044,8,0,0.15,0,inf,0,0.2,0.2,8
beta,staff_left_fte,2025-2044,8,40,2,0.8,50,0.6,3,5,22
beta,return_rate,2025-2044,8,0.5,0.01,0.01,8,0.5,0.02,0.04,32
beta,new_participants,2025-2044,8,500,5,10,8,0.4,7,9,13
beta,innovations,2025-2044,8,70,0,1.4,8,1,0,12,
beta,social_capital,2025-2044,4,10,0,0.2,,0.2,0,3,
""",
    "paths.csv": """\
scenario,indicator,cluster,year,mean,low,high,difference,difference_low,difference_high,tenable_low,tenable_high,n
baseline,participants_unique_year,all,2025,8100,7800,8400,,,,,,8
baseline,participants_unique_year,all,2026,7900,7600,8200,,,,,,8
alpha,participants_unique_year,all,2025,7200,6900,7500,-900,-1080,-720,-1800,250,8
alpha,participants_unique_year,all,2026,6800,6400,7200,-1100,-1320,-880,-2000,350,8
beta,participants_unique_year,all,2025,8100,7800,8400,0,0,0,,,8
beta,participants_unique_year,all,2026,7900,7600,8200,0,0,0,,,8
gamma,participants_unique_year,all,2025,8100,7800,8400,0,0,0,,,8
gamma,participants_unique_year,all,2026,7900,7600,8200,0,0,0,,,8
alpha,participants_unique_year,made,2026,560,500,620,-90,-105,-75,,,8
""",
    "funders.csv": """\
scenario,funder,years,baseline_mkr,difference_mkr,low_mkr,high_mkr,difference_kr
alpha,grant_spent_mkr,2025-2034,170,30.5,28.4,32.6,30500000
alpha,external_private_mkr,2025-2034,62,12.4,11.1,13.7,12400000
alpha,external_eu_mkr,2025-2034,90,-0.25,-1.5,1,-250000
beta,grant_spent_mkr,2025-2034,170,0.45,-0.15,1,450000
alpha,grant_spent_mkr,2025-2044,175,45.7,43.6,47.8,45700000
alpha,grant_spent_mkr,2026,165,29.5,27.5,31.5,29500000
""",
    "gains.csv": """\
scenario,window,kind,who,what,baseline_mean,mean_difference,low,high,relative,verdict
alpha,2025-2034,organisation,made,participants_unique_year,640,-96,-112,-80,-0.15,worse
alpha,2025-2034,organisation,dlc,participants_unique_year,500,5,-15,25,0.01,uncertain
alpha,2025-2034,firm class,large,ideas entering pilot,25,2.25,1.5,3.0,0.09,better
alpha,2025-2044,organisation,made,participants_unique_year,650,-130,-156,-104,-0.2,worse
beta,2025-2034,organisation,made,members,40,1,-1,3,0.025,uncertain
beta,2025-2044,firm class,small,ideas entering innovation,30,-1.5,-2.4,-0.6,-0.05,worse
""",
    "value.csv": """\
scenario,window,extra_public_mkr,extra_low,extra_high,outcome,extra_outcome,outcome_low,outcome_high,mkr_per_unit,per_unit_low,per_unit_high,mkr_per_unit_all,mkr_per_unit_baseline,reading
alpha,2025-2034,30.5,28.4,32.6,projects_external_started,12.2,10.1,14.3,2.5,2.1,3.2,1.875,1.625,dearer and more
alpha,2025-2034,30.5,28.4,32.6,participants_unique_year,-1000,-1200,-800,,,,0.0216,0.0151,dearer and less
beta,2025-2034,0.45,-0.15,1,innovations,0,-1,1.05,,,,1.721,1.714,no sure difference in cost
alpha,2025-2044,45.7,43.6,47.8,projects_external_started,15.2,13.3,17.1,3.01,2.6,3.5,1.933,1.625,dearer and more
""",
    "onset.csv": """\
scenario,indicator,window,sign,first_year,last_year,years_from_announced
alpha,participants_unique_year,2025-2034,-1,2027,2033,3
alpha,members,2025-2034,1,2031,2034,7
beta,applications_won,2025-2034,1,2026,2030,2
beta,new_participants,2025-2034,0,,,
beta,staff_left_fte,2025-2044,1,2025,2044,-1
""",
    "pareto.csv": """\
scenario,window,depth,reach,small_firms,private_money,public_cost,undominated
baseline,2025-2034,0,0,0,0,0,yes
alpha,2025-2034,2.2,-1000,0.0148,12.4,30.5,no
beta,2025-2034,0.4,15,-0.0125,0.25,0.45,yes
baseline,2025-2044,0,0,0,0,0,yes
alpha,2025-2044,2.8,-1120,0.0264,14.6,45.7,yes
beta,2025-2044,0.6,17,-0.0375,0.35,0.65,no
""",
    "ranking.csv": """\
scenario,indicator,window,rank,share_of_pairs_in_rank
baseline,members,2025-2034,2.5,0.8125
alpha,members,2025-2034,1,0.6875
beta,members,2025-2034,2.5,0.1875
baseline,members,2025-2044,1,0.5625
alpha,members,2025-2044,2,0.4375
""",
    "breakeven.csv": """\
scenario,indicator,parameter,evidence_low,evidence_high,breakeven,inside_evidence,difference_low,difference_high,unclear,n_pairs,why
alpha,members,fees.elasticity,-0.6,0.2,-0.125,yes,230,-45,no,4,Do members mind the fee?
alpha,innovations,fees.elasticity,-0.6,0.2,0.75,no,21.5,3.5,no,4,Do members mind the fee?
alpha,participants_unique_year,trust.gain,0.05,0.35,0.215,yes,-15,30,yes,4,How fast does trust grow?
alpha,social_capital,trust.gain,0.05,0.35,,no,-2.5,-1.5,no,4,How fast does trust grow?
beta,members,prices.wage_growth,0.01,0.05,0.025,yes,2,-3,no,4,How fast do wages grow?
""",
    "decomposition.csv": """\
scenario,part,parameters,indicator,whole,contribution,low,high,n_pairs
beta,L12,guard.seat_share guard.fee_rebate,members,-0.0524,-0.0386,-0.0461,-0.0311,5
beta,rest,,members,-0.0524,-0.0138,-0.0217,-0.0059,5
""",
    "robustness.csv": """\
scenario,indicator,switch,kind,mean_difference,low,high,relative,verdict,turns,n_pairs
alpha,members,M085,mechanism,-60,-100,-20,-0.015,worse,yes,6
alpha,innovations,attendance.return_rule=need,rival,7.5,2.5,12.5,0.06,better,yes,6
alpha,social_capital,M011,mechanism,-1.5,-3.5,0.5,-0.01,uncertain,yes,6
alpha,new_participants,M030,mechanism,-9.5,-11.5,-7.5,-0.02,worse,no,6
""",
    "inputs.csv": """\
scenario,path,baseline_value,value
alpha,parameters.fees.level,1,2.25
alpha,parameters.calls.success_rule,capped,fixed
beta,parameters.trust.gain,,0.000625
gamma,parameters.cofinancing.required,0.5,
""",
    "contested.csv": """\
scenario,parameter,why
alpha,fees.elasticity,Do members mind the fee?
alpha,trust.gain,How fast does trust grow?
gamma,trust.gain,How fast does trust grow?
gamma,cofinancing.required,its value is assumed: no source gives it
""",
    "claims.csv": """\
scenario,lever,lines,claim,indicator,expected,relative,low,high,reading,why
alpha,L11,120-125;130,Fees cost members.,members,down,0.031,0.021,0.041,against,Because of fees.level.
alpha,L11,131,Fees bring calm.,trust_mean,up,,,,not shown,Because of trust.gain.
beta,L12,140-141,Small firms leave.,small_firm_share,down,-0.052,-0.062,-0.042,in line,Because of fees.level.
beta,L13,150,Wages rise.,staff_fte,up,-0.013,,,against,Because of prices.wage_growth.
""",
}
"""Tables by file name, as a comparison leaves them."""

MANIFEST = {
    "format": FORMAT,
    "comparison_id": "0123456789ab",
    "baseline": "baseline",
    "variants": ["alpha", "beta", "gamma"],
    "windows": [FIRST, LATER],
    "smallest_effect": 0.02,
    "titles": {
        "baseline": {"en": "As it is", "da": "Som det er"},
        "alpha": {"en": "The variant", "da": "Varianten"},
        "beta": {"da": "Den anden"},
        "gamma": {"en": "The idle one", "da": "Den tomme"},
    },
    "questions": {"alpha": "What if x < 1 & y > 2?", "gamma": ""},
    "sources": {"alpha": ["L11", "L12"], "baseline": []},
    "over": "tenable",
    "tenable": {"alpha": {"strengths": ["fees.elasticity", "trust.gain"], "made": 16, "failed": [], "skipped": 0}},
    "pairs": {"made": 8, "failed": ["seed 9"], "skipped": 3},
    "enough": False,
    "nothing_changes": {"gamma": {"cofinancing.required": "scarcity.money = on", "fees.level": ""}},
    "scenarios": [{"population": {"scale": 0.04}}, {"population": {"scale": 0.04}}],
    "settings": ["population.scale=0.04"],
    "lots": [{"seed": seed} for seed in (*range(12, 5, -1), 6)],
    "versions": {"klyngesim": "0.1.0", "python": "3.12.1"},
    "model": "fedcba98",
    "git": {"commit": "0a1b2c3d", "dirty": True},
    "outputs": [
        {"path": "comparison.csv", "sha256": "c" * 64},
        {"path": "figures/comparison.svg", "sha256": "f" * 64},
    ],
}


def build(directory, **manifest):
    """Writes the comparison into a directory; ``manifest`` says what is otherwise in its manifest."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "manifest.json").write_text(json.dumps({**MANIFEST, **manifest}), encoding="utf-8")
    for name, text in TABLES.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory
