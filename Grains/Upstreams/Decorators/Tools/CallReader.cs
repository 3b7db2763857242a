using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Upstreams.Decorators.Json;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>How the block of a call ended.</summary>
internal enum CallEnd
{
    /// <summary>By a tag.</summary>
    Closed,

    /// <summary>With the reply.</summary>
    Cut,
}

/// <summary>What the body of a block holds.</summary>
/// <param name="Calls">The whole calls, in order.</param>
/// <param name="Broken">What is no call; null when everything is.</param>
/// <param name="Rest">Text after the calls, where the block was not closed.</param>
internal readonly record struct CallsRead(ImmutableArray<ToolCallText> Calls, BrokenCall? Broken, string Rest)
{
    /// <summary>Whether the body ends inside a value, so that a tag may belong to a string of the call.</summary>
    public bool IsCut => Broken is { IsCut: true };
}

/// <summary>Reads the body of a block: one call, several calls one after the other, or an array of calls. Pure.</summary>
internal static class CallReader
{
    private static readonly string[] NameKeys = ["name", "function", "tool", "tool_name", "function_name"];

    private static readonly string[] ArgumentKeys = ["arguments", "parameters", "args", "input", "params"];

    /// <summary>Whether text after an opening tag begins a call: JSON, or a fence.</summary>
    public static TagMatch MatchStart(ReadOnlySpan<byte> text)
    {
        var begin = text.IndexOfAnyExcept(" \t\r\n"u8);
        return begin < 0 ? TagMatch.Maybe
            : text[begin] is (byte)'{' or (byte)'[' ? TagMatch.Yes
            : "```"u8.StartsWith(text[begin..]) ? TagMatch.Maybe
            : text[begin..].StartsWith("```"u8) ? TagMatch.Yes
            : TagMatch.No;
    }

    /// <param name="tools">The tools of the turn.</param>
    /// <param name="name">The tool that the opening tag names; null when the tag names none.</param>
    /// <param name="body">What stands between the tags.</param>
    /// <param name="end">How the block ended.</param>
    public static CallsRead Read(ToolSet tools, string? name, string body, CallEnd end)
    {
        var calls = ImmutableArray.CreateBuilder<ToolCallText>(1);
        var at = SkipFence(body, 0);
        BrokenCall? broken = null;
        for (var isFirst = true; ; isFirst = false)
        {
            if (!isFirst && Next(body, at) is var next)
            {
                if (next < 0)
                {
                    break;
                }

                at = next;
            }

            var value = LooseJson.Read(body, at);
            // Only the outer bracket may be missing where the reply ends: arguments that are not closed may lack members.
            var isCut = value.End == JsonEnd.Cut || (end == CallEnd.Cut && value.OpenBrackets > 1);
            if (isCut || !value.IsUsable)
            {
                broken = new(body, "The block holds no valid JSON object.", isCut);
                break;
            }

            at = value.Next;
            if (AddAll(tools, name, value.Json, calls) is { } problem)
            {
                broken = new(body, problem, IsCut: false);
                break;
            }
        }

        return new(calls.DrainToImmutable(), broken, end == CallEnd.Cut && broken is null ? Rest(body, at) : "");
    }

    private static string? AddAll(ToolSet tools, string? name, string json, ImmutableArray<ToolCallText>.Builder calls)
    {
        if (LooseJson.HasRepeatedName(json))
        {
            return LooseJson.RepeatedName;
        }

        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = LooseJson.MaxDepth + 2 });
        var root = document.RootElement;
        if (
            root.ValueKind == JsonValueKind.Object
            && root.EnumerateObject().Count() == 1
            && Get(root, ["tool_calls", "calls"]) is { ValueKind: JsonValueKind.Array } list
        )
        {
            root = list;
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            return Add(tools, name, root, calls);
        }

        foreach (var one in root.EnumerateArray())
        {
            if (Add(tools, name, one, calls) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? Add(ToolSet tools, string? tagName, JsonElement call, ImmutableArray<ToolCallText>.Builder calls)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            return "A call is a JSON object with \"name\" and \"arguments\".";
        }

        if (call.TryGetProperty("function", out var inner) && inner.ValueKind == JsonValueKind.Object)
        {
            call = inner;
        }

        var arguments = Get(call, ArgumentKeys);
        var name = Get(call, NameKeys) is { ValueKind: JsonValueKind.String } named ? named.GetString()! : tagName;
        if (name is null)
        {
            return "The call has no \"name\".";
        }

        // A tag that names the tool may hold the arguments alone.
        arguments ??= tagName is not null && Get(call, NameKeys) is null ? call : null;
        var (made, problem) = tools.Make(name, arguments);
        if (made is not null)
        {
            calls.Add(made);
        }

        return problem;
    }

    private static JsonElement? Get(JsonElement from, string[] keys)
    {
        foreach (var key in keys)
        {
            if (from.TryGetProperty(key, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Where the next value begins; -1 when none follows.</summary>
    private static int Next(string body, int at)
    {
        while (at < body.Length && (char.IsWhiteSpace(body[at]) || body[at] is ',' or ';'))
        {
            at++;
        }

        return at < body.Length && body[at] is '{' or '[' ? at : -1;
    }

    private static int SkipFence(string body, int at)
    {
        while (at < body.Length && char.IsWhiteSpace(body[at]))
        {
            at++;
        }

        if (!body.AsSpan(at).StartsWith("```"))
        {
            return at;
        }

        var json = body.AsSpan(at).IndexOfAny('{', '[');
        return json < 0 ? body.Length : at + json;
    }

    private static string Rest(string body, int at)
    {
        var rest = body.AsSpan(at);
        var text = rest.TrimStart();
        if (text.StartsWith("```"))
        {
            rest = text[3..];
        }

        return rest.IsWhiteSpace() ? "" : rest.ToString();
    }
}
