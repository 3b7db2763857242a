using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>The tools of a request.</summary>
/// <param name="Definitions">Those that the model may call.</param>
/// <param name="Namespaced">Those of namespaces, by the names that the model knows them by.</param>
/// <param name="LeftOut">The types of the tools that reach no provider, since they name state that the provider holds for all clients of an account.</param>
/// <param name="BuiltIn">Other tools that only OpenAI runs, as the client sent them.</param>
/// <param name="Kept">The elements of <c>tools</c> that take part, as the client sent them.</param>
/// <param name="HasToolSearch">Whether the client searches for tools itself.</param>
internal sealed record RequestTools(
    ImmutableArray<ToolDefinition> Definitions,
    Dictionary<string, NamespacedTool> Namespaced,
    ImmutableArray<string> LeftOut,
    ImmutableArray<RequestField> BuiltIn,
    ImmutableArray<RequestField> Kept,
    bool HasToolSearch
);

/// <summary>Reads <c>tools</c>. Schemas and grammars are kept as the client sent them.</summary>
internal sealed class ToolReader
{
    private const int LongestName = 128;

    private readonly ImmutableArray<ToolDefinition>.Builder _definitions = ImmutableArray.CreateBuilder<ToolDefinition>();
    private readonly Dictionary<string, NamespacedTool> _namespaced = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _leftOut = [];
    private readonly List<RequestField> _builtIn = [];
    private bool _hasToolSearch;

    /// <summary>The tools of the request, and those that an earlier search for tools found.</summary>
    /// <param name="tools">The field.</param>
    /// <param name="input">The request's items.</param>
    /// <param name="refusesBuiltIn">Whether tools that only OpenAI runs are refused.</param>
    public static RequestTools Read(RequestField tools, ImmutableArray<Item> input, bool refusesBuiltIn)
    {
        var reader = new ToolReader();
        var kept = ImmutableArray.CreateBuilder<RequestField>();
        foreach (var tool in tools.Elements())
        {
            if (tool.Object() is not null && reader.ReadTool(tool, space: null, refusesBuiltIn))
            {
                kept.Add(tool);
            }
        }

        foreach (var found in input.OfType<ToolResultItem>().Where(static item => item.Name == ToolNames.ToolSearch))
        {
            reader.AddFound(found.Text);
        }

        return new(
            reader._definitions.DrainToImmutable(),
            reader._namespaced,
            [.. reader._leftOut],
            [.. reader._builtIn],
            kept.DrainToImmutable(),
            reader._hasToolSearch
        );
    }

    /// <summary>Whether the tool takes part.</summary>
    private bool ReadTool(RequestField tool, string? space, bool refusesBuiltIn)
    {
        switch (tool["type"].String())
        {
            case "function":
                Add(tool, ToolKind.Function, space, tool["name"].Required(), tool["parameters"].Object(), tool["strict"].Boolean());
                return true;
            case "custom":
                Add(tool, ToolKind.Custom, space, tool["name"].Required(), tool["format"].Object(), strict: null);
                return true;
            case "namespace" when space is null:
                var name = tool["name"].Required();
                foreach (var member in tool["tools"].Elements())
                {
                    ReadTool(member, name, refusesBuiltIn);
                }

                return true;
            case "tool_search" when space is null && tool["execution"].String() == "client":
                _hasToolSearch = true;
                Add(tool, ToolKind.Function, null, ToolNames.ToolSearch, tool["parameters"].Object(), strict: null);
                return true;
            case null:
                tool["type"].RefuseMissing();
                return false;
            case var type:
                LeaveOut(tool, type, refusesBuiltIn);
                return false;
        }
    }

    private void LeaveOut(RequestField tool, string type, bool refusesBuiltIn)
    {
        if (ProviderState.IsNamedIn(tool.Value))
        {
            _leftOut.Add(RequestErrors.Shorten(type));
        }
        else
        {
            _builtIn.Add(tool);
        }

        if (refusesBuiltIn)
        {
            tool["type"]
                .Refuse(
                    RequestErrors.Unsupported(
                        tool["type"].Path,
                        $"Nothing here runs tools of the type '{RequestErrors.Shorten(type)}'; offer tools of the types 'function' and 'custom'."
                    )
                );
        }
    }

    private void Add(RequestField tool, ToolKind kind, string? space, string name, string? parameters, bool? strict)
    {
        var flat = ToolNames.Of(space, name);
        if (flat.Length > LongestName)
        {
            tool["name"].Refuse(RequestErrors.StringTooLong(tool["name"].Path, LongestName, flat.Length));
        }
        else if (name.AsSpan().ContainsAnyInRange('\0', ' '))
        {
            tool["name"].Refuse(RequestErrors.Invalid(tool["name"].Path, "use letters, digits, '_' and '-' without spaces."));
        }
        else if (!_names.Add(flat))
        {
            tool["name"].Refuse(RequestErrors.Invalid("tools", $"the tool '{flat}' is there more than once."));
        }

        if (space is not null)
        {
            _namespaced[flat] = new NamespacedTool(space, name);
        }

        _definitions.Add(new ToolDefinition(kind, flat, tool["description"].String(), parameters, strict));
    }

    /// <summary>Offers what a client's search found. What is offered already, or cannot be read, is passed over: the model has seen the search's result.</summary>
    private void AddFound(string tools)
    {
        JsonDocument? tree = null;
        try
        {
            tree = JsonDocument.Parse(tools);
        }
        catch (JsonException)
        {
            return;
        }

        using (tree)
        {
            var reader = new ToolReader();
            var problems = new RequestProblems();
            foreach (var tool in RequestField.Root(tree.RootElement, problems).Elements())
            {
                reader.ReadTool(tool, space: null, refusesBuiltIn: false);
            }

            if (problems.First is not null)
            {
                return;
            }

            foreach (var definition in reader._definitions.Where(definition => _names.Add(definition.Name)))
            {
                _definitions.Add(definition);
            }

            foreach (var (name, tool) in reader._namespaced)
            {
                _namespaced.TryAdd(name, tool);
            }
        }
    }
}
