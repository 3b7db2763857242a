using System.Net.Http.Headers;
using FlowGpt.Tests.Cluster;

namespace FlowGpt.Tests.Process;

/// <summary>The API as a process of its own, a client of the silos, logging JSON as in a container.</summary>
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

    /// <summary>Starts one on a free port and waits until it is ready, which needs a silo.</summary>
    public static async Task<ApiProcess> StartAsync(string directory, IReadOnlyDictionary<string, string> environment)
    {
        var address = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var all = new Dictionary<string, string>(environment) { ["ASPNETCORE_URLS"] = address.ToString() };
        var api = new ApiProcess(ProcessHost.Start("FlowGpt.ApiFrontend", directory, all), address);
        try
        {
            await Soon.Becomes(api.IsReadyAsync, static ready => ready, "the API is ready");
            return api;
        }
        catch
        {
            await api.DisposeAsync();
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

    private async ValueTask<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await Http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            return false;
        }
    }
}
