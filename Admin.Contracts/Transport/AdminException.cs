using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlowGpt.Admin.Contracts.Transport;

/// <summary>An error that the gateway answered.</summary>
public sealed class AdminException : Exception
{
    private AdminException(string message, Exception? cause)
        : base(message, cause) { }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; private init; }

    /// <summary>The error's code, such as <c>invalid_value</c>; null when the answer had none.</summary>
    public string? Code { get; private init; }

    /// <summary>The field or parameter that the error is about; null when the error is about none.</summary>
    public string? Param { get; private init; }

    /// <summary>The request's id in the gateway's log; null when the answer had none.</summary>
    public string? RequestId { get; private init; }

    /// <summary>When to send the request again; null when the answer does not say.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    /// <summary>Reads an answer whose status is no success.</summary>
    internal static async Task<AdminException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var error = await ReadErrorAsync(response, cancellationToken);
        return new(error?.Message ?? $"The gateway answered {(int)response.StatusCode} {response.ReasonPhrase}.", null)
        {
            Status = response.StatusCode,
            Code = error?.Code,
            Param = error?.Param,
            RequestId = RequestIdOf(response),
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    /// <summary>A successful answer whose body is not the expected JSON, e.g. because a proxy answered.</summary>
    internal static AdminException Unreadable(HttpResponseMessage response, JsonException? cause) =>
        new("The answer is not in the gateway's form.", cause) { Status = response.StatusCode, RequestId = RequestIdOf(response) };

    private static string? RequestIdOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-request-id", out var ids) ? ids.FirstOrDefault() : null;

    private static async Task<ErrorDetail?> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
            return (await JsonSerializer.DeserializeAsync(content, ErrorJson.Default.ErrorBody, cancellationToken))?.Error;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The body of an error.</summary>
/// <param name="Error">The error.</param>
internal sealed record ErrorBody(ErrorDetail? Error);

/// <summary>What an error says.</summary>
/// <param name="Message">For people.</param>
/// <param name="Code">For programs.</param>
/// <param name="Param">The field or parameter.</param>
internal sealed record ErrorDetail(string? Message, string? Code, string? Param);

/// <summary>JSON of errors.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class ErrorJson : JsonSerializerContext;
