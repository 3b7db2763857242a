using System.Text.Json;

namespace FlowGpt.ApiFrontend.Health;

/// <summary>
/// <c>/health/live</c> says that the process answers, nothing more: a restart cures nothing else. <c>/health/ready</c> says
/// whether to send it traffic. Neither asks the cluster.
/// </summary>
internal sealed class HealthEndpoints
{
    private readonly IReadinessSource[] _sources;

    public HealthEndpoints(IEnumerable<IReadinessSource> sources) => _sources = [.. sources];

    public static Task LiveAsync(HttpContext context)
    {
        Prepare(context.Response);
        return context.Response.BodyWriter.WriteAsync("""{"status":"live"}"""u8.ToArray()).AsTask();
    }

    public async Task ReadyAsync(HttpContext context)
    {
        var response = context.Response;
        var ready = _sources.All(source => source.NotReadyBecause is null);
        response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        Prepare(response);
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status"u8, ready ? "ready"u8 : "not ready"u8);
        json.WriteStartObject("checks"u8);
        foreach (var source in _sources)
        {
            json.WriteString(source.Name, source.NotReadyBecause ?? "ready");
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Prepare(HttpResponse response)
    {
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
    }
}
