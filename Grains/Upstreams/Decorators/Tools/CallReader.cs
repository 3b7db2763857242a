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

    /// <summary>Whether text after an opening tag begins a call: JSON, a fence, or the name of a tool with JSON after the name.</summary>
    public static TagMatch MatchStart(ToolSet tools, ReadOnlySpan<byte> text)
    {
        var begin = text.IndexOfAnyExcept(" \t\r\n"u8);
        return begin < 0 ? TagMatch.Maybe
            : text[begin] is (byte)'{' or (byte)'[' ? TagMatch.Yes
            : "```"u8.StartsWith(text[begin..]) ? TagMatch.Maybe
            : text[begin..].StartsWith("```"u8) ? TagMatch.Yes
            : FunctionForm.MatchStart(tools, text[begin..]);
    }

    /// <param name="tools">The tools of the turn.</param>
    /// <param name="name">The tool that the opening tag names; null when the tag names none.</param>
    /// <param name="body">What stands between the tags.</param>
    /// <param name="end">How the block ended.</param>
    public static CallsRead Read(ToolSet tools, string? name, string body, CallEnd end)
    {
        var read = new Reading(tools, name);
        var at = SkipFence(body, 0);
        var isCut = false;
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

            if (isFirst && FunctionForm.Head(tools, body, at) is { } head)
            {
                (isCut, at) = ReadArguments(read, head, body, at, end);
            }
            else
            {
                (isCut, at) = ReadValue(read, body, at, end);
            }

            if (isCut || at < 0)
            {
                break;
            }
        }

        var isOpen = end == CallEnd.Cut && at >= 0 && !isCut;
        // A block without any call is shown as the model wrote the block.
        var broken = read.BrokenCall(isOpen ? body[..at] : body, isCut);
        return new(read.Calls.DrainToImmutable(), broken, isOpen ? Rest(body, at) : "");
    }

    /// <summary>Reads the value at a place.</summary>
    /// <returns>Whether the value is cut, and where the text after the value begins; -1 when nothing after can be read.</returns>
    private static (bool IsCut, int Next) ReadValue(Reading read, string body, int at, CallEnd end)
    {
        var value = LooseJson.Read(body, at);
        if (Fault(value, end) is { } isCut)
        {
            read.Fail("The block holds no valid JSON object.", body[at..]);
            return (isCut, -1);
        }

        AddAll(read, value.Json, body[at..value.Next]);
        return (false, value.Next);
    }

    /// <summary>Reads the arguments of a call that is written as a function's.</summary>
    private static (bool IsCut, int Next) ReadArguments(Reading read, FunctionHead head, string body, int at, CallEnd end)
    {
        if (head.IsEmpty)
        {
            read.Add(read.Tools.Make(head.Tool, null), body[at..head.Arguments]);
            return (false, head.Arguments);
        }

        var value = LooseJson.Read(body, head.Arguments);
        if (Fault(value, end) is { } isCut)
        {
            read.Fail("The block holds no valid JSON object.", body[at..]);
            return (isCut, -1);
        }

        var text = body[at..value.Next];
        if (LooseJson.HasRepeatedName(value.Json))
        {
            read.Fail(LooseJson.RepeatedName, text);
        }
        else
        {
            using var document = JsonDocument.Parse(value.Json, new JsonDocumentOptions { MaxDepth = LooseJson.MaxDepth + 2 });
            read.Add(read.Tools.Make(head.Tool, document.RootElement), text);
        }

        return (false, FunctionForm.End(body, value.Next));
    }

    /// <summary>Null when the value is whole; else whether what is missing was cut off.</summary>
    private static bool? Fault(in LooseValue value, CallEnd end)
    {
        // Only the outer bracket may be missing where the reply ends: arguments that are not closed may lack members.
        var isCut = value.End == JsonEnd.Cut || (end == CallEnd.Cut && value.OpenBrackets > 1);
        return isCut || !value.IsUsable ? isCut : null;
    }

    private static void AddAll(Reading read, string json, string text)
    {
        if (LooseJson.HasRepeatedName(json))
        {
            read.Fail(LooseJson.RepeatedName, text);
            return;
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
            read.Add(Make(read.Tools, read.TagName, root), text);
            return;
        }

        foreach (var one in root.EnumerateArray())
        {
            read.Add(Make(read.Tools, read.TagName, one), one.GetRawText());
        }
    }

    private static (ToolCallText? Call, string? Problem) Make(ToolSet tools, string? tagName, JsonElement call)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            return (null, "A call is a JSON object with \"name\" and \"arguments\".");
        }

        if (call.TryGetProperty("function", out var inner) && inner.ValueKind == JsonValueKind.Object)
        {
            call = inner;
        }

        var arguments = Get(call, ArgumentKeys);
        var name = Get(call, NameKeys) is { ValueKind: JsonValueKind.String } named ? named.GetString()! : tagName;
        if (name is null)
        {
            return (null, "The call has no \"name\".");
        }

        // A tag that names the tool may hold the arguments alone.
        arguments ??= tagName is not null && Get(call, NameKeys) is null ? call : null;
        return tools.Make(name, arguments);
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

    /// <summary>What was found so far.</summary>
    private sealed class Reading(ToolSet tools, string? tagName)
    {
        private readonly List<string> _broken = [];
        private string? _problem;

        public ToolSet Tools { get; } = tools;

        public string? TagName { get; } = tagName;

        public ImmutableArray<ToolCallText>.Builder Calls { get; } = ImmutableArray.CreateBuilder<ToolCallText>(1);

        public void Add((ToolCallText? Call, string? Problem) made, string text)
        {
            if (made.Call is { } call)
            {
                Calls.Add(call);
            }
            else
            {
                Fail(made.Problem!, text);
            }
        }

        public void Fail(string problem, string text)
        {
            _problem ??= problem;
            _broken.Add(text);
        }

        public BrokenCall? BrokenCall(string body, bool isCut) =>
            _problem is null ? null : new(Calls.Count == 0 ? body : string.Join('\n', _broken), _problem, isCut, _broken.Count, TagName);
    }
}
