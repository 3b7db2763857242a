using System.Net.Http.Headers;

namespace FlowGpt.Tests.Process;

/// <summary>The API as a separate process, a client of the silos, logging JSON as in a container.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private ApiProcess(ProcessHost host, Uri address)
    {
        Host = host;
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = ProcessHost.Deadline };
    }

    public ProcessHost Host { get; }

    /// <summary>A client without a key.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts an API process on a free port and waits until it is ready, which needs a silo.</summary>
    public static async Task<ApiProcess> StartAsync(string directory, IReadOnlyDictionary<string, string> environment)
    {
        var all = new Dictionary<string, string>(environment) { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" };
        var host = ProcessHost.Start("FlowGpt.ApiFrontend", directory, all);
        try
        {
            return new ApiProcess(host, await host.WaitForOutputAsync(SiloProcess.ReadAddress, "the API was ready"));
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Presents this key from now on.</summary>
    public ApiProcess UseKey(string key)
    {
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
    }
}
