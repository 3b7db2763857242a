namespace FlowGpt.Grains.Accounts;

/// <summary>An account that is not in force.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Problem">Why, and what to do.</param>
internal sealed record HiddenAccount(string Name, string Problem);
