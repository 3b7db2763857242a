using System.Net;

namespace FlowGpt.Tests.Unit.AdminContracts;

/// <summary>Gives every request the same answer and keeps the requests, each as <c>METHOD address body</c>.</summary>
internal sealed class RecordedRequests(string answer, HttpStatusCode status = HttpStatusCode.OK) : HttpMessageHandler
{
    public List<string> Requests { get; } = [];

    /// <summary>The header of the latest request.</summary>
    public string? Authorization { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is { } content ? await content.ReadAsStringAsync(cancellationToken) : "";
        Requests.Add($"{request.Method} {request.RequestUri} {body}");
        Authorization = request.Headers.Authorization?.ToString();
        return new(status) { Content = new StringContent(answer) };
    }
}
