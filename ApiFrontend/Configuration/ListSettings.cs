using System.Globalization;

namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>
/// Settings that hold a list in one text. A source of the configuration may give such a list as .NET's lists are given too: <c>Name__0=…</c>, <c>--Name:0 …</c>, a JSON
/// array. The strongest source that names the setting gives the whole list.
/// </summary>
internal static class ListSettings
{
    private const char Semicolon = ';';

    // Short names first: the full names that they stand for are worked out from them.
    private static readonly (string Key, char Separator)[] Short =
    [
        ("METRICS_URLS", Semicolon),
        ("ADMIN_URLS", Semicolon),
        ("ASPNETCORE_URLS", Semicolon),
    ];

    private static readonly (string Key, char Separator)[] Full =
    [
        ("urls", Semicolon),
        ("FlowGpt:Frontend:CorsOrigins", Semicolon),
        ("FlowGpt:Frontend:TrustedProxies", Semicolon),
        ("FlowGpt:Frontend:MetricsUrls", Semicolon),
        ("FlowGpt:Frontend:AdminUrls", Semicolon),
        ("FlowGpt:Members:AllowedModels", Semicolon),
        ("FlowGpt:SignIn:OpenIdConnect:AdminGroups", Semicolon),
        ("FlowGpt:SignIn:OpenIdConnect:ViewerGroups", Semicolon),
        ("FlowGpt:SignIn:OpenIdConnect:MemberGroups", Semicolon),
        ("FlowGpt:SignIn:OpenIdConnect:Scopes", ' '),
    ];

    /// <summary>The configuration keys of all of them.</summary>
    public static IEnumerable<string> Keys => Full.Select(static one => one.Key);

    /// <summary>Whether the configuration key holds a list.</summary>
    public static bool Has(string key) => Full.Any(one => string.Equals(one.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Makes one text of each list that is given by a short name's items.</summary>
    public static void JoinShort(IConfigurationRoot configuration, ICollection<string> problems) => Join(configuration, Short, problems);

    /// <summary>Makes one text of each list that is given by items. Sources that are added later are not looked at.</summary>
    public static void Join(IConfigurationRoot configuration, ICollection<string> problems) => Join(configuration, Full, problems);

    private static void Join(IConfigurationRoot configuration, (string Key, char Separator)[] settings, ICollection<string> problems)
    {
        foreach (var (key, separator) in settings)
        {
            foreach (var source in configuration.Providers.Reverse())
            {
                var isText = source.TryGet(key, out var text) && text is not null;
                string[] items = [.. source.GetChildKeys([], key).Distinct(StringComparer.OrdinalIgnoreCase)];
                if (items.Length > 0)
                {
                    if (isText)
                    {
                        problems.Add($"{key}: is given both as one text and as {key}:{items[0]}. Leave one of them out.");
                    }
                    else
                    {
                        source.Set(key, string.Join(separator, items.Select(item => Read(source, key, item, problems))));
                    }
                }

                if (isText || items.Length > 0)
                {
                    break;
                }
            }
        }
    }

    private static string Read(IConfigurationProvider source, string key, string item, ICollection<string> problems)
    {
        if (!int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            problems.Add($"{key}:{item}: is not an item of a list. Number the items: {key}:0, {key}:1 and so on.");
        }
        else if (source.GetChildKeys([], $"{key}:{item}").Any())
        {
            problems.Add($"{key}:{item}: has parts of its own. Give one text for each item of the list.");
        }
        else if (source.TryGet($"{key}:{item}", out var text))
        {
            return text ?? "";
        }

        return "";
    }
}
