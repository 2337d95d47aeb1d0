"""Figures of the graded response model, worked out in another way than the practice server does it.

Probabilities come from the logistic function's hyperbolic form, information from complex-step derivatives of the
logarithms of probabilities, estimates from Simpson's rule on 20,001 points. Run it to write graded_response.json again:

    python3 graded_response.py > graded_response.json
"""

import cmath
import json
import math

END = 5.0


def at_least(item, category, trait):
    if category == 0:
        return 1.0
    if category > len(item["thresholds"]):
        return 0.0
    x = item["discrimination"] * (trait - item["thresholds"][category - 1])
    return (1 + cmath.tanh(x / 2)) / 2


def probability(item, category, trait):
    return at_least(item, category, trait) - at_least(item, category + 1, trait)


def information(item, trait):
    h = 1e-30
    total = 0.0
    for category in range(len(item["thresholds"]) + 1):
        slope = cmath.log(probability(item, category, complex(trait, h))).imag / h
        total += probability(item, category, trait).real * slope**2
    return total


def estimate(answers):
    n = 20000
    h = 2 * END / n
    sums = [0.0, 0.0, 0.0]
    for i in range(n + 1):
        x = -END + i * h
        weight = 1 if i in (0, n) else (4 if i % 2 else 2)
        density = math.exp(-x * x / 2)
        for item, category in answers:
            density *= probability(item, category, x).real
        for power in range(3):
            sums[power] += weight * density * x**power
    mean = sums[1] / sums[0]
    return mean, math.sqrt(sums[2] / sums[0] - mean**2)


ITEMS = [
    {"discrimination": 2.6, "thresholds": [-0.6, 0.2, 1.0, 1.9]},
    {"discrimination": 3.4, "thresholds": [-0.7, 0.1, 0.9, 1.8]},
    {"discrimination": 1.5, "thresholds": [0.0, 1.0, 2.0, 3.1]},
    {"discrimination": 1.0, "thresholds": [-2.0, 0.5]},
    {"discrimination": 2.0, "thresholds": [0.3]},
]
TRAITS = [-3.0, -1.2, -0.35, 0.0, 0.5, 1.7, 2.9]
PATTERNS = [
    [0], [4], [2, 2], [0, 0, 0], [4, 4, 4], [0, 4], [4, 0], [1, 2, 0], [3, 3, 2, 2], [2, 1, 1, 1, 1],
    [0, 0, 0, 0, 0], [4, 4, 4, 2, 1],
]


def main():
    points = [
        {
            "item": item,
            "trait": trait,
            "probabilities": [
                complex(probability(item, category, trait)).real for category in range(len(item["thresholds"]) + 1)
            ],
            "information": information(item, trait),
        }
        for item in ITEMS
        for trait in TRAITS
    ]
    patterns = []
    for pattern in PATTERNS:
        answers = list(zip(ITEMS, pattern))
        mean, deviation = estimate(answers)
        patterns.append(
            {
                "answers": [{"item": item, "category": category} for item, category in answers],
                "trait": mean,
                "standardError": deviation,
            }
        )
    lines = ['{"points":[', ",\n".join(map(json.dumps, points)), '],"patterns":[', ",\n".join(map(json.dumps, patterns)), "]}"]
    print("\n".join(lines))


main()
