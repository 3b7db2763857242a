using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The backend's routes for finding published prompts. They need no account, as far as is known. Thread-safe.</summary>
internal sealed class FlowGptModelSearch : IDisposable
{
    private const int MostFound = 20;
    private const int MostBytes = 1024 * 1024;
    private const int LongestTitle = 100;
    private const int LongestDescription = 300;

    private readonly FlowGptSettings _settings;
    private readonly string _root;
    private readonly HttpClient _http;

    /// <param name="settings">How the backend is called.</param>
    /// <param name="address">The backend's address.</param>
    /// <param name="time">The clock.</param>
    public FlowGptModelSearch(FlowGptSettings settings, string address, TimeProvider time)
    {
        _settings = settings;
        _root = address.TrimEnd('/');
#pragma warning disable RS0030 // On the backend's own connections, and not more often than operators ask.
        _http = new HttpClient(new InvokerHandler(UpstreamConnections.Create(settings.Connections, new Uri(address), time)))
        {
            MaxResponseContentBufferSize = MostBytes,
        };
#pragma warning restore RS0030
    }

    public async Task<ModelPresence> LookAsync(string promptId, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync($"/prompt/{Uri.EscapeDataString(promptId)}/", cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.NotFound or HttpStatusCode.Gone => ModelPresence.Dead,
                HttpStatusCode.OK when await HoldsPromptAsync(response, cancellationToken) => ModelPresence.Alive,
                _ => ModelPresence.Unknown,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or IOException or TimeoutException)
        {
            return ModelPresence.Unknown;
        }
    }

    public async Task<ImmutableArray<FoundModel>> SearchAsync(string pool, string query, CancellationToken cancellationToken)
    {
        try
        {
            var path = $"/prompt/search?query={Uri.EscapeDataString(query)}&threshold=0.8&language=&nsfw=false&take={MostFound}&skip=0";
            using var response = await SendAsync(path, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new IOException($"the upstream's search answered {(int)response.StatusCode}");
            }

            using var document = await JsonDocument.ParseAsync(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                cancellationToken: cancellationToken
            );
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? [.. document.RootElement.EnumerateArray().Select(item => Read(pool, item)).OfType<FoundModel>().Take(MostFound)]
                : throw new IOException("the upstream's search answered something else than a list");
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TimeoutException)
        {
            throw new IOException("the upstream's search could not be reached or read", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _root + path);
        foreach (var (name, value) in _settings.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _http.SendAsync(request, cancellationToken);
    }

    private static async Task<bool> HoldsPromptAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(
            await response.Content.ReadAsStreamAsync(cancellationToken),
            cancellationToken: cancellationToken
        );
        return document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("prompt", out var prompt)
            && prompt.ValueKind == JsonValueKind.Object;
    }

    private static FoundModel? Read(string pool, JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && Text(item, "id", LongestTitle) is { Length: > 0 } id
            ? new(
                pool,
                id,
                Text(item, "title", LongestTitle) ?? "",
                Text(item, "description", LongestDescription) ?? "",
                item.TryGetProperty("uses", out var uses) && uses.ValueKind == JsonValueKind.Number && uses.TryGetInt64(out var count)
                    ? count
                    : 0
            )
            : null;

    private static string? Text(JsonElement item, string name, int most) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { } text
            ? text.Length <= most
                ? text
                : string.Concat(text.AsSpan(0, most - 1), "…")
            : null;

    /// <summary>Lets a client use the backend's connections.</summary>
    private sealed class InvokerHandler(HttpMessageInvoker invoker) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            invoker.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                invoker.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
