using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using FlowGpt.Grains.Interfaces.Digests;

namespace FlowGpt.Tests.Unit.Contracts;

/// <summary>A value as plain JSON, its members by their ids, so that it can be kept in a file and compared with what another version of the code reads.</summary>
internal static class Rendition
{
    public static JsonNode? Of(object? value) =>
        value switch
        {
            null => null,
            bool or int or long or short or byte or uint or ushort or ulong or double or float or decimal => JsonValue.Create(
                Convert.ToString(value, CultureInfo.InvariantCulture)
            ),
            string text => text,
            Enum number => JsonValue.Create(Convert.ToInt64(number, CultureInfo.InvariantCulture)),
            DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
            byte[] bytes => Convert.ToBase64String(bytes),
            ReadOnlyMemory<byte> bytes => Convert.ToBase64String(bytes.Span),
            Digest digest => new UInt128(digest.High, digest.Low).ToString(CultureInfo.InvariantCulture),
            IDictionary dictionary => Dictionary(dictionary),
            IEnumerable sequence => Sequence(sequence),
            _ when value.GetType().IsDefined(typeof(GenerateSerializerAttribute), inherit: false) => Members(value),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"{value.GetType()}: teach {nameof(Rendition)} how to show it."),
        };

    /// <summary>
    /// The first place at which the second value lacks a member of the first or has another value; null if there is none. A member that only the second value has
    /// is not a difference: a later version has more members.
    /// </summary>
    public static string? Difference(JsonNode? expected, JsonNode? actual, string path = "")
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject found):
                return wanted
                    .Select(member =>
                        found.TryGetPropertyValue(member.Key, out var value)
                            ? Difference(member.Value, value, $"{path}/{member.Key}")
                            : $"{path}/{member.Key} is not there any more"
                    )
                    .FirstOrDefault(static difference => difference is not null);
            case (JsonArray wanted, JsonArray found) when wanted.Count == found.Count:
                return wanted
                    .Select((item, i) => Difference(item, found[i], $"{path}[{i}]"))
                    .FirstOrDefault(static difference => difference is not null);
            default:
                return JsonNode.DeepEquals(expected, actual) ? null : $"{path} is {Text(actual)}, but was written as {Text(expected)}";
        }
    }

    /// <summary>The first member of the value, at any depth, that is null or an empty list; null if every one has a value.</summary>
    public static string? FirstEmpty(JsonNode? rendition, string path = "") =>
        rendition switch
        {
            null or JsonArray { Count: 0 } => path,
            JsonArray array => array
                .Select((item, i) => FirstEmpty(item, $"{path}[{i}]"))
                .FirstOrDefault(static empty => empty is not null),
            JsonObject members => members
                .Select(member => FirstEmpty(member.Value, $"{path}/{member.Key}"))
                .FirstOrDefault(static empty => empty is not null),
            _ => null,
        };

    /// <summary>Members that the types of the value, and of the values in it, have today and the value does not.</summary>
    public static IEnumerable<string> MissingMembers(JsonNode? rendition) =>
        rendition switch
        {
            JsonArray items => items.SelectMany(MissingMembers),
            JsonObject members => ContractTypes
                .Concrete.Where(type => ContractTypes.AliasOf(type) == (string?)members["type"])
                .SelectMany(ContractTypes.MembersOf)
                .Where(member => !members.ContainsKey(member.Key))
                .Select(member => $"{members["type"]} {member.Member.Name}")
                .Concat(members.SelectMany(static member => MissingMembers(member.Value))),
            _ => [],
        };

    private static JsonObject Members(object value)
    {
        var members = new JsonObject { ["type"] = ContractTypes.AliasOf(value.GetType()) };
        foreach (var (key, member) in ContractTypes.MembersOf(value.GetType()))
        {
            members[key] = Of(member is PropertyInfo property ? property.GetValue(value) : ((FieldInfo)member).GetValue(value));
        }

        return members;
    }

    private static JsonArray? Sequence(IEnumerable sequence)
    {
        // An immutable array may be its type's default, which cannot be enumerated.
        if (sequence.GetType().GetProperty("IsDefault") is { } isDefault && (bool)isDefault.GetValue(sequence)!)
        {
            return null;
        }

        return [.. sequence.Cast<object?>().Select(Of)];
    }

    private static JsonArray Dictionary(IDictionary dictionary) =>
        [
            .. dictionary
                .Keys.Cast<object>()
                .Select(key => (JsonNode)new JsonArray(Of(key), Of(dictionary[key])))
                .OrderBy(static pair => pair.ToJsonString(), StringComparer.Ordinal),
        ];

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
