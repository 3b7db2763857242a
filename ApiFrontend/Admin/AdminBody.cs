using System.Buffers;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.ApiFrontend.Requests;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Reads the small JSON objects that admin routes take.</summary>
internal static class AdminBody
{
    private const int MostBytes = 64 * 1024;

    private static readonly ReadOnlySequence<byte> EmptyObject = new("{}"u8.ToArray());

    /// <summary>
    /// What <paramref name="read"/> makes of the body; null when it was refused and answered, with every problem at once. An empty body
    /// counts as an empty object.
    /// </summary>
    public static async Task<T?> ReadAsync<T>(ApiRequest request, Func<AdminFields, T> read)
        where T : class
    {
        var (value, error) = await JsonBody.ReadAsync<Func<AdminFields, T>, T>(
            request.Context.Request,
            MostBytes,
            read,
            static (in body, read, out value) =>
                ParsedBody.ReadStrict(body.IsEmpty ? EmptyObject : body, (root, out made) => ReadFields(root, read, out made), out value)
        );
        if (error is not null)
        {
            await request.RefuseAsync(error);
        }

        return value;
    }

    private static ApiError? ReadFields<T>(JsonElement root, Func<AdminFields, T> read, out T? value)
        where T : class
    {
        var problems = new List<string>();
        var fields = new AdminFields(root, "", problems);
        var made = read(fields);
        fields.Done();
        value = problems.Count == 0 ? made : null;
        return problems.Count == 0 ? null : Invalid(problems);
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
