using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>Finds every problem of the options at once.</summary>
internal sealed class SignInOptionsValidator : IValidateOptions<SignInOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public ValidateOptionsResult Validate(string? name, SignInOptions options)
    {
        var problems = new List<string>();
        if (options.SessionLifetime < Shortest || options.SessionLifetime > Longest)
        {
            Add(problems, nameof(options.SessionLifetime), $"is {options.SessionLifetime}; give a value from {Shortest} to {Longest}");
        }

        if (options.OpenIdConnect.IsOn)
        {
            Check(options.OpenIdConnect, problems);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void Check(SignInOptions.OpenIdConnectSettings provider, List<string> problems)
    {
        const string Part = nameof(SignInOptions.OpenIdConnect) + ":";
        if (!Uri.TryCreate(provider.Authority, UriKind.Absolute, out var authority) || !IsSafe(authority))
        {
            Add(
                problems,
                Part + nameof(provider.Authority),
                $"is \"{provider.Authority}\"; give an https address, or an http address of this machine"
            );
        }

        if (provider.ClientId.Length == 0)
        {
            Add(problems, Part + nameof(provider.ClientId), "is not set; give the gateway's id at the identity provider");
        }

        if (!provider.Scopes.Split(' ').Contains("openid"))
        {
            Add(problems, Part + nameof(provider.Scopes), $"is \"{provider.Scopes}\"; add openid");
        }

        if (provider is { AdminGroups.Length: 0, ViewerGroups.Length: 0, MemberGroups.Length: 0 })
        {
            Add(
                problems,
                Part + nameof(provider.AdminGroups),
                "is empty, as are ViewerGroups and MemberGroups, so nobody could sign in; name at least one group"
            );
        }

        foreach (
            var (field, groups) in ((string, string)[])
                [(nameof(provider.AdminGroups), provider.AdminGroups), (nameof(provider.ViewerGroups), provider.ViewerGroups)]
        )
        {
            if (groups.Split(';', StringSplitOptions.TrimEntries).Contains("*"))
            {
                Add(problems, Part + field, "holds *, which only MemberGroups may; name the groups");
            }
        }
    }

    private static bool IsSafe(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);

    private static void Add(List<string> problems, string field, string problem) =>
        problems.Add($"{SignInOptions.Section}:{field} {problem}");
}
