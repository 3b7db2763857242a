using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>An account to add.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fields">Everything else; holds the secret.</param>
internal sealed record NewAccount(string Name, AccountChange Fields);
