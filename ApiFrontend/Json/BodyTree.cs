using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;

namespace FlowGpt.ApiFrontend.Json;

/// <summary>Parses a whole body into a tree, for dialects whose bodies are read by their structure.</summary>
internal static class BodyTree
{
    /// <summary>Null when all is well, else the first problem. Half surrogate pairs become U+FFFD; a byte order mark is passed over.</summary>
    /// <param name="body">UTF-8 JSON; not used after the call.</param>
    /// <param name="read">Reads the fields. Nothing that it gives may refer to the tree.</param>
    /// <param name="request">What was read, when there is no error.</param>
    /// <typeparam name="T">What the body becomes.</typeparam>
    public static ApiError? Read<T>(in ReadOnlySequence<byte> body, Func<JsonElement, BodyChecks, T> read, out T? request)
        where T : class
    {
        var bytes = new SequenceReader<byte>(body);
        bytes.IsNext([0xEF, 0xBB, 0xBF], advancePast: true);
        try
        {
            return ReadTree(bytes.UnreadSequence, read, out request);
        }
        catch (JsonException exception)
        {
            request = null;
            return RequestErrors.InvalidJson(exception.Message);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, which clients that cut text at a fixed length send.
            var copy = bytes.UnreadSequence.ToArray();
            LoneSurrogates.Replace(copy);
            return ReadRepaired(copy, read, out request);
        }
    }

    private static ApiError? ReadRepaired<T>(byte[] body, Func<JsonElement, BodyChecks, T> read, out T? request)
        where T : class
    {
        try
        {
            return ReadTree(new ReadOnlySequence<byte>(body), read, out request);
        }
        catch (InvalidOperationException)
        {
            request = null;
            return RequestErrors.InvalidJson("A string holds bytes that are no valid UTF-8.");
        }
    }

    private static ApiError? ReadTree<T>(in ReadOnlySequence<byte> body, Func<JsonElement, BodyChecks, T> read, out T? request)
        where T : class
    {
        request = null;
        using var tree = JsonDocument.Parse(body);
        if (tree.RootElement.ValueKind != JsonValueKind.Object)
        {
            return RequestErrors.InvalidJson("The body must be a JSON object.");
        }

        var checks = new BodyChecks();
        var made = read(tree.RootElement, checks);
        request = checks.First is null ? made : null;
        return checks.First;
    }
}
