using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams.Decorators.Json;
using FlowGpt.Grains.Upstreams.Decorators.Schema;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>A call as a model made it.</summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Arguments">A JSON object for a function; text for a custom tool.</param>
/// <param name="Kind">What kind of tool.</param>
internal sealed record ToolCallText(string Tool, string Arguments, ToolKind Kind = ToolKind.Function);

/// <summary>The tools that a turn may call, and how freely. Used by one turn; not thread-safe.</summary>
internal sealed class ToolSet
{
    private readonly FrozenDictionary<string, ToolDefinition> _byName;
    private readonly Dictionary<string, SchemaCheck?> _checks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Regex?> _patterns = new(StringComparer.Ordinal);

    /// <param name="tools">The tools of the request.</param>
    /// <param name="choice">Which of them may or must be called.</param>
    /// <param name="parallel">Whether one reply may hold several calls.</param>
    public ToolSet(ImmutableArray<ToolDefinition> tools, ToolChoice choice, bool parallel)
    {
        var allowed = choice.Mode switch
        {
            ToolChoiceMode.None => [],
            ToolChoiceMode.Named or ToolChoiceMode.AllowedAuto or ToolChoiceMode.AllowedRequired =>
            [
                .. tools.Where(tool => choice.Names.Contains(tool.Name)),
            ],
            _ => tools,
        };
        Tools = allowed;
        Shown = choice.Mode == ToolChoiceMode.None ? [] : tools;
        Only = choice.Mode == ToolChoiceMode.Named ? choice.Names[0] : null;
        MustCall = !allowed.IsEmpty && choice.Mode is ToolChoiceMode.Required or ToolChoiceMode.Named or ToolChoiceMode.AllowedRequired;
        Parallel = parallel && Only is null;
        _byName = allowed
            .GroupBy(static tool => tool.Name)
            .ToFrozenDictionary(static group => group.Key, static group => group.First(), StringComparer.Ordinal);
    }

    /// <summary>The tools that may be called.</summary>
    public ImmutableArray<ToolDefinition> Tools { get; }

    /// <summary>The tools that the model is told of: all of them, so that a later turn with another choice continues the same upstream conversation.</summary>
    public ImmutableArray<ToolDefinition> Shown { get; }

    /// <summary>The one tool that must be called; null when there is none.</summary>
    public string? Only { get; }

    /// <summary>Whether the reply must hold a call.</summary>
    public bool MustCall { get; }

    /// <summary>Whether one reply may hold several calls.</summary>
    public bool Parallel { get; }

    /// <summary>The tools of a turn.</summary>
    public static ToolSet Of(TurnRequest turn) => new(turn.Tools, turn.ToolChoice, turn.Sampling.ParallelToolCalls ?? true);

    /// <summary>Makes a call of what a model wrote; or says, in words for the model, why this is no call.</summary>
    public (ToolCallText? Call, string? Problem) Make(string name, JsonElement? arguments)
    {
        if (Find(name) is not { } tool)
        {
            return (
                null,
                Shown.Any(tool => tool.Name == name)
                    ? $"The tool \"{name}\" may not be called now."
                    : $"There is no tool named \"{Short(name)}\"."
            );
        }

        return tool.Kind == ToolKind.Custom ? MakeCustom(tool, arguments) : MakeFunction(tool, arguments);
    }

    private ToolDefinition? Find(string name)
    {
        if (_byName.TryGetValue(name, out var exact))
        {
            return exact;
        }

        var bare = name.Trim();
        foreach (var prefix in (string[])["functions.", "function.", "tools.", "tool."])
        {
            bare = bare.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? bare[prefix.Length..] : bare;
        }

        bare = bare.EndsWith("()", StringComparison.Ordinal) ? bare[..^2] : bare;
        ToolDefinition[] alike = [.. Tools.Where(tool => tool.Name.Equals(bare, StringComparison.OrdinalIgnoreCase))];
        return alike.Length == 1 ? alike[0] : null;
    }

    private (ToolCallText? Call, string? Problem) MakeCustom(ToolDefinition tool, JsonElement? arguments)
    {
        var value = arguments ?? default;
        if (value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Count() == 1)
        {
            value = value.EnumerateObject().First().Value;
        }

        var text = value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => "",
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
        return PatternOf(tool) is { } pattern && !pattern.IsMatch(text)
            ? (null, $"The text of \"{tool.Name}\" does not match the regular expression of its grammar.")
            : (new(tool.Name, text, ToolKind.Custom), null);
    }

    private Regex? PatternOf(ToolDefinition tool)
    {
        if (!_patterns.TryGetValue(tool.Name, out var pattern))
        {
            pattern = Grammar.Of(tool.Parameters)?.Pattern();
            _patterns.Add(tool.Name, pattern);
        }

        return pattern;
    }

    private (ToolCallText? Call, string? Problem) MakeFunction(ToolDefinition tool, JsonElement? arguments)
    {
        var value = arguments ?? default;
        if (value.ValueKind == JsonValueKind.String)
        {
            var text = value.GetString()!;
            var inner = LooseJson.Read(text.Trim().Length == 0 ? "{}" : text);
            if (!inner.IsUsable)
            {
                return (null, $"The arguments of \"{tool.Name}\" are no JSON object.");
            }

            if (LooseJson.HasRepeatedName(inner.Json))
            {
                return (null, $"The arguments of \"{tool.Name}\" are not valid: {LooseJson.RepeatedName}");
            }

            using var document = JsonDocument.Parse(inner.Json, new JsonDocumentOptions { MaxDepth = LooseJson.MaxDepth + 2 });
            return MakeFunction(tool, document.RootElement.Clone());
        }

        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null))
        {
            return (null, $"The arguments of \"{tool.Name}\" are no JSON object.");
        }

        var json = value.ValueKind == JsonValueKind.Object ? CompactJson.Of(value) : "{}";
        return CheckOf(tool) is { } check
            ? check.Fit(json) is { Problem: null } fitted
                ? (new(tool.Name, fitted.Json), null)
                : (null, $"The arguments of \"{tool.Name}\" do not match: {check.Fit(json).Problem}")
            : (new(tool.Name, json), null);
    }

    private SchemaCheck? CheckOf(ToolDefinition tool)
    {
        if (!_checks.TryGetValue(tool.Name, out var check))
        {
            // A schema that cannot be checked is not of a strict tool: any object is right.
            check = tool.Parameters is { } schema ? SchemaCheck.Build(schema, isStrict: tool.Strict == true).Check : null;
            _checks.Add(tool.Name, check);
        }

        return check;
    }

    private static string Short(string name) => name.Length <= 64 ? name : name[..64];
}
