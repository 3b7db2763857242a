using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FlowGpt.Tests.Unit.Packaging;

/// <summary>Reads YAML files of the repository. Anchors and merge keys are resolved; a key that is twice in one mapping fails the test.</summary>
internal static class YamlFile
{
    /// <summary>Every document of the file.</summary>
    public static IReadOnlyList<YamlValue> Read(string relative) => Parse(relative, Repository.Read(relative));

    /// <summary>Every document of a text that something else made; <paramref name="place"/> is for messages.</summary>
    public static IReadOnlyList<YamlValue> Parse(string place, string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select((document, index) => new YamlValue($"{place}#{index}", Convert(document.RootNode)))];
    }

    /// <summary>The file's only document.</summary>
    public static YamlValue ReadOne(string relative) => Assert.Single(Read(relative));

    private static object? Convert(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => Convert(map),
            YamlSequenceNode list => list.Children.Select(Convert).ToList(),
            YamlScalarNode { Style: ScalarStyle.Plain, Value: { } plain } => ConvertPlain(plain),
            YamlScalarNode scalar => scalar.Value,
            _ => throw new NotSupportedException($"{node.Start}: {node.NodeType}"),
        };

    // Entries of the mapping itself take precedence over merged ones.
    private static Dictionary<string, object?> Convert(YamlMappingNode map)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Children.OrderByDescending(static pair => IsMerge(pair.Key)))
        {
            if (IsMerge(key))
            {
                foreach (var (name, merged) in (Dictionary<string, object?>)Convert(value)!)
                {
                    result[name] = merged;
                }
            }
            else
            {
                result[((YamlScalarNode)key).Value!] = Convert(value);
            }
        }

        return result;
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: "<<" };

    private static object? ConvertPlain(string text) =>
        text switch
        {
            "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
}
