using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Reads the small JSON objects that admin routes take.</summary>
internal static class AdminBody
{
    private const int MostBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// What <paramref name="read"/> makes of the body; null when it was refused and answered, with every problem at once. An empty body
    /// counts as an empty object.
    /// </summary>
    public static async Task<T?> ReadAsync<T>(ApiRequest request, Func<AdminFields, T> read)
        where T : class
    {
        var context = request.Context;
        if (JsonBody.CheckHead(context.Request, MostBytes) is { } refused)
        {
            await request.RefuseAsync(refused);
            return null;
        }

        if (await JsonBody.ReadAsync(context.Request.BodyReader, MostBytes, context.RequestAborted) is not { } body)
        {
            await request.RefuseAsync(GatewayErrors.BodyTooLarge(MostBytes));
            return null;
        }

        var (value, error) = Parse(body, read);
        context.Request.BodyReader.AdvanceTo(body.End);
        if (error is not null)
        {
            await request.RefuseAsync(error);
        }

        return value;
    }

    private static (T? Value, ApiError? Error) Parse<T>(System.Buffers.ReadOnlySequence<byte> body, Func<AdminFields, T> read)
        where T : class
    {
        try
        {
            using var document = body.IsEmpty ? JsonDocument.Parse("{}") : JsonDocument.Parse(LoneSurrogates.Replaced(body), Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, RequestErrors.InvalidJson("The body must be an object in braces."));
            }

            var problems = new List<string>();
            var fields = new AdminFields(document.RootElement, "", problems);
            var value = read(fields);
            fields.Done();
            return problems.Count == 0 ? (value, null) : (null, Invalid(problems));
        }
        catch (JsonException exception)
        {
            return (null, RequestErrors.InvalidJson(JsonProblem.Describe(exception, isEmpty: false)));
        }
        catch (InvalidOperationException)
        {
            return (null, RequestErrors.InvalidJson("A string holds bytes that are no valid UTF-8."));
        }
    }

    /// <summary>An error that names every problem; each begins with its field.</summary>
    public static ApiError Invalid(IReadOnlyList<string> problems) =>
        new(
            StatusCodes.Status400BadRequest,
            ErrorTypes.InvalidRequest,
            "invalid_value",
            problems[0][..problems[0].IndexOf(' ')],
            $"Invalid body: {string.Join("; ", problems)}."
        );
}
