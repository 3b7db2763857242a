namespace FlowGpt.Grains.Accounts;

/// <summary>What a pool knows of an account that has appeared in another pool.</summary>
/// <param name="Name">The account's name there.</param>
/// <param name="Use">What it has used here; null while that is not known yet, since the account is in force here or its calls have not ended.</param>
/// <param name="KnownAs">Its name here, by which it is forgotten.</param>
[GenerateSerializer, Immutable, Alias("flowgpt.GivenAccount")]
public sealed record GivenAccount([property: Id(0)] string Name, [property: Id(1)] AccountRecord? Use, [property: Id(2)] string KnownAs);
