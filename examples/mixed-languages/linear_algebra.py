"""What the Python engines do: covariances, their eigenvalues, and a weighted least-squares fit."""

import numpy as np

# By species: rows seen so far, and the sum of their outer products. It stays on this engine.
sums = {}


def add_block(species, displacements):
    """Takes a block of displacements in; answers how many rows of that species there are now."""
    rows, products = sums.get(species, (0, 0.0))
    sums[species] = (rows + len(displacements), products + displacements.T @ displacements)
    return sums[species][0]


def fit(species, frame, blur):
    """Diffusion coefficient and localisation error of a species, with their standard errors."""
    rows, products = sums.pop(species)
    covariance = products / rows
    principal, _ = np.linalg.eigh(covariance)
    # Sines diagonalise the true covariance whatever D is, so the power in each of them is
    # independent of the others, with a variance of 2 power² / rows.
    n = len(covariance)
    k = np.arange(1, n + 1)
    sines = np.sqrt(2 / (n + 1)) * np.sin(np.pi * np.outer(k, k) / (n + 1))
    power = np.einsum("ki,ij,kj->k", sines, covariance, sines)
    design = np.column_stack([np.ones(n), 4 * np.sin(np.pi * k / (2 * (n + 1))) ** 2])
    expected = power
    for _ in range(10):  # the weights follow from the fit: three rounds would do
        weighted = design * np.sqrt(rows / 2) / expected[:, None]
        line, *_ = np.linalg.lstsq(weighted, power * np.sqrt(rows / 2) / expected, rcond=None)
        expected = design @ line
    # Intercept and slope are a = 2 D t and b = σ² - blur a.
    physics = np.array([[1 / (2 * frame), 0], [blur, 1]])
    diffusion, variance = physics @ line
    errors = np.sqrt(np.diag(physics @ np.linalg.inv(weighted.T @ weighted) @ physics.T))
    localisation = np.sqrt(max(variance, 0))
    return {
        "rows": rows,
        "diffusion": diffusion,
        "diffusion_error": errors[0],
        "localisation": localisation,
        "localisation_error": errors[1] / (2 * localisation) if localisation > 0 else errors[1] ** 0.5,
        "chi_squared": float(np.sum((power / expected - 1) ** 2) * rows / 2),
        "naive_diffusion": np.trace(covariance) / n / (2 * frame),
        "eigenvalues": principal if line[1] > 0 else principal[::-1],
    }
