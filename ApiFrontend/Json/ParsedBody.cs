using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Parses a whole request body into a tree, for dialects whose bodies are read by their structure.</summary>
internal static class ParsedBody
{
    /// <summary>Reads the fields of a body that was parsed.</summary>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public delegate T? BodyReader<T>(RequestField body)
        where T : class;

    /// <summary>Reads the object that a body is. Null when all is well, else the problem.</summary>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public delegate ApiError? TreeReader<T>(JsonElement root, out T? value)
        where T : class;

    /// <summary>How deep a body may be nested: as deep as the JSON reader goes that later reads raw parts of the body.</summary>
    public const int MostLevels = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MostLevels };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MostLevels, AllowDuplicateProperties = false };

    /// <summary>Null when all is well, else the first problem. Half surrogate pairs become U+FFFD; a byte order mark is passed over.</summary>
    /// <param name="body">UTF-8 JSON; not used after the call.</param>
    /// <param name="read">Reads the fields. Nothing that the reader gives may refer to the tree.</param>
    /// <param name="request">What the reader gave, when there is no error.</param>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public static ApiError? Read<T>(in ReadOnlySequence<byte> body, BodyReader<T> read, out T? request)
        where T : class
    {
        return ReadTree(body, Options, ReadFields, out request);

        ApiError? ReadFields(JsonElement root, out T? made)
        {
            var problems = new RequestProblems();
            made = read(RequestField.Root(root, problems));
            made = problems.First is null ? made : null;
            return problems.First;
        }
    }

    /// <summary>As <see cref="Read"/>, for readers of the tree itself; a field that is there twice is a problem.</summary>
    /// <param name="body">UTF-8 JSON; not used after the call.</param>
    /// <param name="read">Reads the object. Nothing that the reader gives may refer to the tree.</param>
    /// <param name="value">What the reader gave, when there is no error.</param>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public static ApiError? ReadStrict<T>(in ReadOnlySequence<byte> body, TreeReader<T> read, out T? value)
        where T : class => ReadTree(body, Strict, read, out value);

    private static ApiError? ReadTree<T>(in ReadOnlySequence<byte> body, JsonDocumentOptions options, TreeReader<T> read, out T? value)
        where T : class
    {
        var bytes = new SequenceReader<byte>(body);
        bytes.IsNext([0xEF, 0xBB, 0xBF], advancePast: true);
        // Clients that cut text at a fixed length send half of a pair; a whole pair is common in other clients' emoji.
        var text = LoneSurrogates.Replaced(bytes.UnreadSequence);
        value = null;
        try
        {
            using var tree = JsonDocument.Parse(text, options);
            return tree.RootElement.ValueKind == JsonValueKind.Object
                ? read(tree.RootElement, out value)
                : RequestErrors.InvalidJson("The body must be a JSON object.");
        }
        catch (JsonException exception)
        {
            return JsonProblem.Of(exception, text, MostLevels);
        }
        catch (InvalidOperationException)
        {
            return RequestErrors.InvalidText(JsonPlace.OfBadText(text));
        }
    }
}
