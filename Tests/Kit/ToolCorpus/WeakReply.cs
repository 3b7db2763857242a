using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Tests.Kit.ToolCorpus;

/// <summary>A reply as a weak model writes it, and what the reply means.</summary>
/// <param name="Id">Names the reply.</param>
/// <param name="Tools">The tools that the request offers.</param>
/// <param name="Reply">What the model wrote.</param>
/// <param name="Calls">The calls that the model intends: the tool's name and its arguments as compact JSON with sorted members.</param>
/// <param name="Text">The text outside the calls, trimmed.</param>
/// <param name="Thinking">What the model thought; null when the reply has no thoughts.</param>
/// <param name="Why">What is special about the reply.</param>
internal sealed record WeakReply(
    string Id,
    ImmutableArray<ToolDefinition> Tools,
    string Reply,
    ImmutableArray<(string Name, string Arguments)> Calls,
    string Text,
    string? Thinking,
    string Why
)
{
    /// <summary>Replies of one file of this folder.</summary>
    public static ImmutableArray<WeakReply> ReadAll(string file)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Kit", "ToolCorpus");
        using var tools = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "tools.json")));
        var known = tools
            .RootElement.EnumerateArray()
            .Select(static tool => ToolOf(tool.GetProperty("function")))
            .ToDictionary(static tool => tool.Name);
        using var replies = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, file)));
        return [.. replies.RootElement.EnumerateArray().Select(reply => Of(reply, known))];
    }

    /// <summary>JSON in one form, independent of the order of members.</summary>
    public static string Normal(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object =>
                $"{{{string.Join(',', value.EnumerateObject().OrderBy(static one => one.Name, StringComparer.Ordinal).Select(static one => $"{JsonSerializer.Serialize(one.Name)}:{Normal(one.Value)}"))}}}",
            JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Normal))}]",
            JsonValueKind.String => JsonSerializer.Serialize(value.GetString()),
            _ => value.GetRawText(),
        };

    public override string ToString() => $"{Id} {Why}";

    private static WeakReply Of(JsonElement reply, Dictionary<string, ToolDefinition> known)
    {
        var expected = reply.GetProperty("expect");
        return new(
            reply.GetProperty("id").GetString()!,
            [.. reply.GetProperty("tools").EnumerateArray().Select(name => known[name.GetString()!])],
            reply.GetProperty("reply").GetString()!,
            [
                .. expected
                    .GetProperty("calls")
                    .EnumerateArray()
                    .Select(static call => (call.GetProperty("name").GetString()!, Normal(call.GetProperty("arguments")))),
            ],
            expected.GetProperty("text").GetString()!,
            expected.TryGetProperty("thinking", out var thinking) ? thinking.GetString() : null,
            reply.GetProperty("why").GetString()!
        );
    }

    private static ToolDefinition ToolOf(JsonElement function) =>
        new(
            ToolKind.Function,
            function.GetProperty("name").GetString()!,
            function.GetProperty("description").GetString(),
            function.GetProperty("parameters").GetRawText()
        );
}
