//! Mistakes that open nothing beyond the ceiling: each by name, with the reason. One that the ceiling refutes after all, or
//! that is no mutant any more, fails the run: the list cannot grow old.

/// Name and reason.
pub(crate) const HARMLESS: &[(&str, &str)] = &[
    (
        "consent: consent_level_max og sensitivity_max byttet om",
        "sagen skal holde sig under begge niveauer, så det er lige meget, hvilket der nævnes først",
    ),
    (
        "law: consent_level_max og sensitivity_max byttet om",
        "sagen skal holde sig under begge niveauer, så det er lige meget, hvilket der nævnes først",
    ),
    (
        "emergency: «principal.emergency_beyond.containsAny(resource.categories)» i stedet for \
         «principal.emergency_beyond.containsAll(resource.categories)»",
        "på øverste niveau er krisecenter sagens eneste kategori, så én kategori og alle kategorier er det samme",
    ),
    (
        "never_in_haste: gælder ikke i nødsituationer",
        "er husstanden ukendt, lukker colleague_in_person og colleague_citizen_in_person alt andet end egen sag",
    ),
    (
        "strictness_unknown: gælder ikke i nødsituationer",
        "det gør den heller ikke: nødadgang er en af de to grunde, der åbner, selv om det er ukendt, hvor streng sagen er",
    ),
];
