using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlowGpt.Tests.Unit.Packaging;

namespace FlowGpt.Tests.Unit.Contracts;

/// <summary>
/// A value of a contract as some version of the product wrote it: file <c>Golden/alias.n.json</c>. A file is never changed; a contract that
/// has grown gets one more.
/// </summary>
/// <param name="Type">The contract's alias.</param>
/// <param name="Value">The value that was written; of an enumeration, its names and numbers.</param>
/// <param name="Wire">The bytes that go between processes; null for an enumeration.</param>
/// <param name="Stored">What storage providers are given; null for what is not a grain's record.</param>
internal sealed record Golden(string Type, JsonNode Value, byte[]? Wire, JsonNode? Stored)
{
    private static readonly string Directory = Repository.PathOf("Tests/Unit/Contracts/Golden");

    /// <summary>Names of all files, in order of their age.</summary>
    public static IEnumerable<string> Files =>
        System
            .IO.Directory.EnumerateFiles(Directory, "*.json")
            .Select(static path => Path.GetFileName(path)!)
            .Order(StringComparer.Ordinal);

    public static Golden Read(string file)
    {
        var root = JsonNode.Parse(File.ReadAllText(Path.Combine(Directory, file)))!;
        return new Golden(
            (string)root["type"]!,
            root["value"]!.DeepClone(),
            root["wire"] is { } wire ? Convert.FromBase64String((string)wire!) : null,
            root["stored"]?.DeepClone()
        );
    }

    /// <summary>The contract's files, oldest first.</summary>
    public static ImmutableArray<Golden> Of(string alias) => [.. Numbers(alias).Select(number => Read(FileName(alias, number)))];

    /// <summary>Writes a new file beside the existing ones.</summary>
    public void Save()
    {
        var number = Numbers(Type).LastOrDefault() + 1;
        var root = new JsonObject
        {
            ["type"] = Type,
            ["value"] = Value.DeepClone(),
            ["wire"] = Wire is null ? null : Convert.ToBase64String(Wire),
            ["stored"] = Stored?.DeepClone(),
        };
        using var file = new FileStream(Path.Combine(Directory, FileName(Type, number)), FileMode.CreateNew);
        file.Write(JsonSerializer.SerializeToUtf8Bytes(root, Format));
        file.WriteByte((byte)'\n');
    }

    // Readable in a review: text without escapes, one member for each line.
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static IEnumerable<int> Numbers(string alias) =>
        Files
            .Where(file => file.StartsWith(alias + ".", StringComparison.Ordinal))
            .Select(file => file[(alias.Length + 1)..^".json".Length])
            .Where(static number => number.All(char.IsAsciiDigit))
            .Select(static number => int.Parse(number, CultureInfo.InvariantCulture))
            .Order();

    private static string FileName(string alias, int number) => string.Create(CultureInfo.InvariantCulture, $"{alias}.{number}.json");
}
