using System.Net;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Listeners;

/// <summary>
/// Keeps <c>/metrics</c> and <c>/admin</c> on separate listeners. A listener is known by the port that the connection came to, which no header can change.
/// Metrics without a separate listener are for this machine alone.
/// </summary>
internal sealed class PrivateListeners(RequestDelegate next, IOptions<FrontendOptions> options)
{
    private static readonly string[] OfOperators = ["/admin", "/dashboard"];
    private static readonly string[] OfOperatorsAlso = ["/docs", "/health"];
    private static readonly string[] Forwarded = ["X-Forwarded-For", "X-Real-IP", "Forwarded"];

    private readonly int[] _metrics = Ports(options.Value.MetricsUrls);
    private readonly int[] _admin = Ports(options.Value.AdminUrls);

    public Task InvokeAsync(HttpContext context)
    {
        if (Serves(context))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>The ports of addresses to listen on, as <c>http://+:9464;http://localhost:9465</c> names them.</summary>
    public static int[] Ports(string? addresses) =>
        [
            .. (addresses ?? "")
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(static address => BindingAddress.Parse(address).Port),
        ];

    private bool Serves(HttpContext context)
    {
        var (path, port) = (context.Request.Path, context.Connection.LocalPort);
        if (IsAt(path, "/metrics"))
        {
            return _metrics.Length > 0 ? _metrics.Contains(port) : IsFromThisMachine(context);
        }

        if (_admin.Length > 0 && OfOperators.Any(root => IsAt(path, root)))
        {
            return _admin.Contains(port);
        }

        // What a private listener does not have: the clients' API.
        return !(_metrics.Contains(port) || _admin.Contains(port))
            || IsAt(path, "/health")
            || (_admin.Contains(port) && (path == "/" || OfOperatorsAlso.Any(root => IsAt(path, root))));
    }

    private static bool IsAt(PathString path, string root) => path.StartsWithSegments(root, StringComparison.OrdinalIgnoreCase);

    private static bool IsFromThisMachine(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } peer || IPAddress.IsLoopback(peer))
        && !Forwarded.Any(context.Request.Headers.ContainsKey);
}
