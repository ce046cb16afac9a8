"""Examples for the API document: a year with electricity and a car, told in Chinese."""

from typing import Any

_GRID_SOURCE = "open-source JS table of 2021+2022 grid factors (value read in source code, no citation inside)"
_CAR_SOURCE = (
    "CPCD (China Products Carbon Footprint Factors Database) via open-source HarmonyOS carbon app "
    "(value read in source code, section 5.3)"
)

FACTOR: dict[str, Any] = {
    "id": "fac_01m86c2597enpbvt5523wp0p3f",
    "document_id": "doc_01m86c2597enpbvt5523wp0p3f",
    "key": "grid.CN-ZJ.2022",
    "version": 1,
    "title": "浙江电力平均排放因子 2022",
    "title_zh": "浙江电力平均排放因子 2022",
    "title_en": "Electricity, Zhejiang, average, 2022",
    "value": "0.5153",
    "unit": "kgCO2/kWh",
    "gas_scope": "co2",
    "region": "CN-ZJ",
    "year_from": 2022,
    "year_to": 2022,
    "source": _GRID_SOURCE,
    "status": "VERIFIED",
    "note": "attribution to MEE/NBS recalled, provincial value not cross-checked; serves Lishui until the 2023 value "
    "for Zhejiang is read in the notice",
    "computed_from": [],
    "effective_from": "2026-01-01",
}
_CAR_FACTOR: dict[str, Any] = {
    **FACTOR,
    "id": "fac_01m86c25w4fsbr3kx0n2q7v9te",
    "document_id": "doc_01m86c25w4fsbr3kx0n2q7v9te",
    "key": "cpcd.car.petrol.medium",
    "title": "中型汽油乘用车",
    "title_zh": "中型汽油乘用车",
    "title_en": "Medium petrol car",
    "value": "0.19567",
    "unit": "kgCO2e/vehicle-km",
    "gas_scope": "life_cycle",
    "region": "CN",
    "year_from": 2023,
    "year_to": 2023,
    "source": _CAR_SOURCE,
    "note": "cradle to grave, one person in the car",
}

PERSON_YEAR: dict[str, Any] = {
    "year": 2025,
    "county": "331102",
    "activities": {
        "electricity": {"energy_wh": 2_400_000, "data_grade": "measured"},
        "car": {"distance_m": 6_000_000, "data_grade": "calculated"},
    },
}
ESTIMATES_ASKED: dict[str, Any] = {
    "items": [
        PERSON_YEAR,
        {"year": 2020, "county": "331102", "activities": {"electricity": {"energy_wh": 2_400_000}}},
    ]
}

_TOTALS: dict[str, Any] = {
    "year": 2025,
    "is_year_over": True,
    "county": "331102",
    "county_name": "莲都区",
    "method": "person_year",
    "method_version": 1,
    "total_g": 2_410_740,
    "mixed_scopes": True,
    "total_text": "合计把不同口径加在一起：仅二氧化碳和全生命周期。请看分项小计。",
    "subtotals": [
        {"gas_scope": "co2", "emission_g": 1_236_720, "text": "仅二氧化碳"},
        {"gas_scope": "life_cycle", "emission_g": 1_174_020, "text": "全生命周期"},
    ],
    "kg_to_cover": 2_412,
    "data_grade": "calculated",
}
_LINES: list[dict[str, Any]] = [
    {
        "activity": "electricity",
        "activity_name": "用电",
        "quantity": 2_400_000,
        "unit": "Wh",
        "data_grade": "measured",
        "gas_scope": "co2",
        "emission_g": 1_236_720,
        "kg_to_cover": 1_237,
        "text": f"用电 2,400 kWh × 0.5153 kgCO2/kWh = 1,236,720 g，浙江 2022，来源：{_GRID_SOURCE}",
        "factor": FACTOR,
        "choice": {
            "wanted_region": "CN-ZJ",
            "wanted_year": 2025,
            "region": "CN-ZJ",
            "is_wider_region": False,
            "year": 2022,
            "passed_over": ["grid.CN-ZJ.2023"],
            "text": "采用浙江 2022 年的因子：不晚于 2025 年的最近一年。按规则应先用浙江 2023 年，但其数值缺失。",
        },
        "product": None,
        "caveats": [{"code": "other_year", "text": "因子为 2022 年，活动在 2025 年。"}],
    },
    {
        "activity": "car",
        "activity_name": "开车",
        "quantity": 6_000_000,
        "unit": "m",
        "data_grade": "calculated",
        "gas_scope": "life_cycle",
        "emission_g": 1_174_020,
        "kg_to_cover": 1_175,
        "text": f"开车 6,000 km × 0.19567 kgCO2e/vehicle-km = 1,174,020 g，全国 2023，来源：{_CAR_SOURCE}",
        "factor": _CAR_FACTOR,
        "choice": None,
        "product": None,
        "caveats": [
            {"code": "other_year", "text": "因子为 2023 年，活动在 2025 年。"},
            {"code": "petrol_car", "text": "按中型汽油车的全生命周期、车内一人计。"},
        ],
    },
]
_EXPLAINED: dict[str, Any] = {
    "data_grade_text": "数据等级以最弱的一项为准：推算。数据都由您自己填写，没有人核对过。",
    "uncertainty_text": "不给出百分比：因子和您的数据有多大误差都不知道。向上取整使每项增加不到 1 g。",
    "not_reported": ["natural_gas", "rail", "flight"],
    "boundary_text": "已计入：用电和开车。未填写，不按零计：用天然气、乘高铁和乘飞机。"
    "本方法不含饮食、物品、服务、用水、垃圾、供热和其他出行方式。",
    "lines": _LINES,
}

SUMMARY: dict[str, Any] = {
    "id": "fp_01m90h5w8ne9stq4x6v1b2c3d4",
    "calculated_at": "2026-03-12T04:00:00Z",
    "assisted": False,
    **_TOTALS,
}
FOOTPRINT: dict[str, Any] = SUMMARY | _EXPLAINED
ESTIMATES: dict[str, Any] = {
    "items": [
        {"footprint": _TOTALS | _EXPLAINED, "problem": None},
        {
            "footprint": None,
            "problem": {
                "code": "footprint.factor_missing",
                "status": 422,
                "title": "所需的排放因子没有已知数值，无法计算。",
                "pointer": None,
                "key": "grid.CN-ZJ.2020",
            },
        },
    ]
}
