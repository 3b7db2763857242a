using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlowGpt.Admin.Contracts.Transport;

/// <summary>Sends requests and reads answers; every failure that the gateway answers is an <see cref="AdminException"/>. Thread-safe.</summary>
internal sealed class AdminTransport(HttpClient http)
{
    /// <summary>The header of requests that change something by the session's cookie.</summary>
    public const string AntiforgeryHeader = "X-Antiforgery";

    /// <summary>The value of <see cref="AntiforgeryHeader"/>; null without a session.</summary>
    public string? AntiforgeryToken { get; set; }

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, path, null, type, cancellationToken);

    public async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        AdminBody? body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(method, path, body, HttpCompletionOption.ResponseContentRead, cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            return await JsonSerializer.DeserializeAsync(content, type, cancellationToken)
                ?? throw AdminException.Unreadable(response, null);
        }
        catch (JsonException exception)
        {
            throw AdminException.Unreadable(response, exception);
        }
    }

    /// <summary>Sends a request; the answer has a status of success. The caller disposes it.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        AdminBody? body,
        HttpCompletionOption completion,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = body?.ToContent() };
        if (method != HttpMethod.Get)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (AntiforgeryToken is { } token)
            {
                request.Headers.Add(AntiforgeryHeader, token);
            }
        }

        var response = await http.SendAsync(request, completion, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await AdminException.ReadAsync(response, cancellationToken);
        }
    }
}
