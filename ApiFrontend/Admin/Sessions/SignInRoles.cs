namespace FlowGpt.ApiFrontend.Admin.Sessions;

/// <summary>What a person's groups give.</summary>
internal static class SignInRoles
{
    private const int LongestText = 120;
    private const string Everybody = "*";

    /// <summary>The greatest role that any of the groups gives.</summary>
    public static AdminRole Of(SignInOptions.OpenIdConnectSettings provider, IReadOnlyCollection<string> groups) =>
        Names(provider.AdminGroups).Any(groups.Contains) ? AdminRole.Admin
        : Names(provider.ViewerGroups).Any(groups.Contains) ? AdminRole.Viewer
        : Names(provider.MemberGroups).Any(one => one == Everybody || groups.Contains(one)) ? AdminRole.Member
        : AdminRole.None;

    /// <summary>A provider's text as one short line.</summary>
    public static string Plain(string text)
    {
        var line = new string([.. text.Where(static c => !char.IsControl(c)).Take(LongestText)]).Trim();
        return line.Length > 0 ? line : "?";
    }

    private static string[] Names(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
