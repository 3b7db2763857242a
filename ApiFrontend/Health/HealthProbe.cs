namespace FlowGpt.ApiFrontend.Health;

/// <summary>
/// The verb <c>--health ADDRESS</c> of every executable: asks a running process whether it is well. For container health checks, since
/// the images hold neither a shell nor curl.
/// </summary>
public static class HealthProbe
{
    /// <summary>The verb.</summary>
    public const string Verb = "--health";

    private const int Well = 0;
    private const int Unwell = 1;
    private const int Misused = 2;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    /// <summary>Whether the command line asks for a probe instead of the product.</summary>
    public static bool IsAskedFor(string[] args) => args is [Verb, ..];

    /// <summary>Probes and returns the exit code: 0 when the address answers with success within 5 s, 1 when it does not, 2 when it is no address.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter errors)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(errors);
        if (
            args is not [_, var text]
            || !Uri.TryCreate(text, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
        )
        {
            await errors.WriteLineAsync($"{Verb} takes one http address, for example {Verb} http://localhost:8080/health/ready");
            return Misused;
        }

        try
        {
            return await ProbeAsync(address, errors);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"{address}: {exception.Message}");
            return Unwell;
        }
    }

    private static async Task<int> ProbeAsync(Uri address, TextWriter errors)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { Timeout = Deadline };
        using var response = await client.GetAsync(address);
        if (response.IsSuccessStatusCode)
        {
            return Well;
        }

        // The answer says which part is not ready; a container engine keeps it with the result.
        await errors.WriteLineAsync($"{address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return Unwell;
    }
}
