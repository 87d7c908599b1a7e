"""A made-up comparison directory: every number is one that no other unit could give.

Differences in per cent differ from those in shares and in units of the indicator, kroner from million kroner, the ends
of intervals from their middle, the two windows from each other, and every neighbouring column from the next.
"""

from __future__ import annotations

import json

from klyngesim.results.comparison import FORMAT

VARIANT, FIRST, LATER = "alpha", "2025-2034", "2025-2044"

TABLES = {
    "comparison.csv": """\
scenario,baseline,indicator,window,mean_difference,low,high,relative,share_same_sign,n_pairs,prob_best,expected_regret,verdict,rests_on
alpha,baseline,participants_unique_year,2025-2034,-1000,-1200,-800,-0.125,1,8,0.0625,1010,worse,assumption
alpha,baseline,members,2025-2034,120,80,160,0.03,0.875,8,0.875,12.5,better,data
alpha,baseline,small_firm_share,2025-2034,0.0048,-0.0008,0.0104,0.012,0.75,8,0.625,0.0035,uncertain,assumption
alpha,baseline,participants_unique_year,2025-2044,-1120,-1360,-880,-0.14,1,8,0.125,1030,worse,assumption
alpha,baseline,members,2025-2044,40,-24,104,0.01,0.625,8,0.5,27.5,uncertain,data
alpha,baseline,small_firm_share,2025-2044,0.0064,-0.0004,0.0132,0.016,0.75,8,0.75,0.0025,uncertain,assumption
""",
    "precision.csv": """\
scenario,indicator,window,n_pairs,baseline_mean,half_width,smallest_effect,pairs_needed,correlation,sd_paired,sd_independent,independent_pairs
alpha,participants_unique_year,2025-2034,8,8000,200,160,13,0.9,300,950,80
alpha,members,2025-2034,8,4000,40,80,8,0.8,60,134,40
alpha,small_firm_share,2025-2034,8,0.4,0.0056,0.008,8,0.7,0.008,0.015,28
alpha,participants_unique_year,2025-2044,8,8000,240,160,18,0.9,350,980,63
alpha,members,2025-2044,8,4000,64,80,8,0.8,95,212,40
alpha,small_firm_share,2025-2044,8,0.4,0.0068,0.008,8,0.7,0.01,0.018,26
""",
    "gains.csv": """\
scenario,window,kind,who,what,baseline_mean,mean_difference,low,high,relative,verdict
alpha,2025-2034,organisation,made,participants_unique_year,640,-96,-112,-80,-0.15,worse
alpha,2025-2034,organisation,dlc,participants_unique_year,500,5,-15,25,0.01,uncertain
alpha,2025-2034,firm class,large,ideas entering pilot,25,2.25,1.5,3.0,0.09,better
alpha,2025-2044,organisation,made,participants_unique_year,650,-130,-156,-104,-0.2,worse
""",
    "value.csv": """\
scenario,window,extra_public_mkr,extra_low,extra_high,outcome,extra_outcome,outcome_low,outcome_high,mkr_per_unit,per_unit_low,per_unit_high,mkr_per_unit_all,mkr_per_unit_baseline,reading
alpha,2025-2034,30.5,28.4,32.6,projects_external_started,12.2,10.1,14.3,2.5,2.1,3.2,1.875,1.625,dearer and more
alpha,2025-2034,30.5,28.4,32.6,participants_unique_year,-1000,-1200,-800,,,,0.0216,0.0151,dearer and less
alpha,2025-2044,45.7,43.6,47.8,projects_external_started,15.2,13.3,17.1,3.01,2.6,3.5,1.933,1.625,dearer and more
""",
    "onset.csv": """\
scenario,indicator,window,sign,first_year,last_year,years_from_announced
alpha,participants_unique_year,2025-2034,-1,2027,2033,3
alpha,members,2025-2034,1,2031,2034,7
""",
    "pareto.csv": """\
scenario,window,depth,reach,small_firms,private_money,public_cost,undominated
baseline,2025-2034,0,0,0,0,0,yes
alpha,2025-2034,2.2,-1000,0.0148,12.4,30.5,no
baseline,2025-2044,0,0,0,0,0,yes
alpha,2025-2044,2.8,-1120,0.0264,14.6,45.7,yes
""",
    "ranking.csv": """\
scenario,indicator,window,rank,share_of_pairs_in_rank
baseline,members,2025-2034,2,0.8125
alpha,members,2025-2034,1,0.6875
baseline,members,2025-2044,1,0.5625
alpha,members,2025-2044,2,0.4375
""",
    "breakeven.csv": """\
scenario,indicator,parameter,evidence_low,evidence_high,breakeven,inside_evidence,difference_low,difference_high,unclear,n_pairs,why
alpha,members,fees.elasticity,-0.6,0.2,-0.125,yes,230,-45,no,4,Do members mind the fee?
alpha,innovations,fees.elasticity,-0.6,0.2,0.75,no,21.5,3.5,no,4,Do members mind the fee?
alpha,participants_unique_year,trust.gain,0.05,0.35,0.215,yes,-15,30,yes,4,How fast does trust grow?
alpha,social_capital,trust.gain,0.05,0.35,,no,-2.5,-1.5,no,4,How fast does trust grow?
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
""",
    "contested.csv": """\
scenario,parameter,why
alpha,fees.elasticity,Do members mind the fee?
alpha,trust.gain,How fast does trust grow?
""",
    "claims.csv": """\
scenario,lever,lines,claim,indicator,expected,relative,low,high,reading,why
alpha,L11,120-125;130,Fees cost members.,members,down,0.031,0.021,0.041,against,Because of fees.level.
""",
}
"""Tables by file name, as a comparison leaves them."""

MANIFEST = {
    "format": FORMAT,
    "comparison_id": "0123456789ab",
    "baseline": "baseline",
    "variants": [VARIANT],
    "windows": [FIRST, LATER],
    "smallest_effect": 0.02,
    "titles": {
        "baseline": {"en": "As it is", "da": "Som det er"},
        VARIANT: {"en": "The variant", "da": "Varianten"},
    },
    "questions": {VARIANT: "What if?"},
    "sources": {VARIANT: ["L11"]},
    "over": "central",
    "pairs": {"made": 8, "failed": ["seed 9"], "skipped": 3},
    "enough": False,
    "nothing_changes": {},
    "scenarios": [{"population": {"scale": 0.04}}, {"population": {"scale": 0.04}}],
    "lots": [{"seed": seed} for seed in range(1, 9)],
    "versions": {"klyngesim": "0.1.0"},
    "model": "fedcba98",
}


def build(directory, **manifest):
    """Writes the comparison into a directory; ``manifest`` says what is otherwise in its manifest."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "manifest.json").write_text(json.dumps({**MANIFEST, **manifest}), encoding="utf-8")
    for name, text in TABLES.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory
