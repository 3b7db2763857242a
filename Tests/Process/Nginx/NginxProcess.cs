using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>
/// A real nginx with the shipped configuration, byte for byte; only the two files of the directory <c>site</c> are the test's. It
/// listens on a Unix socket, so that tests cannot take each other's ports.
/// </summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private const int Hangup = 1;

    /// <summary>The value of the shipped configuration.</summary>
    private const int Workers = 2;

    private readonly System.Diagnostics.Process _process;
    private readonly NginxSite _site;
    private readonly StringBuilder _errors = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _requests = new();
    private TaskCompletionSource? _reloaded;
    private int _leaving;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NginxProcess(System.Diagnostics.Process process, NginxSite site)
    {
        _process = process;
        _site = site;
        Client = NewClient(Deadline);
    }

    /// <summary>A client of this nginx.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts nginx in front of the given servers and waits until it serves.</summary>
    /// <param name="servers">Addresses of the API processes, <c>host:port</c>.</param>
    /// <param name="overrides">Directives for the server block.</param>
    public static async Task<NginxProcess> StartAsync(IEnumerable<string> servers, string overrides = "")
    {
        var program = ExternalProgram.Nginx.PathOrSkip();
        var site = NginxSite.Create(servers, overrides);
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { "-p", site.Directory, "-c", site.Configuration, "-g", "error_log stderr notice;" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var nginx = new NginxProcess(new System.Diagnostics.Process { StartInfo = start, EnableRaisingEvents = true }, site);
        await nginx.StartAsync();
        return nginx;
    }

    /// <summary>A further client with its own connections.</summary>
    /// <param name="timeout">Longest time until the headers of an answer.</param>
    /// <param name="reuse">Whether a connection serves several requests.</param>
    public HttpClient NewClient(TimeSpan timeout, bool reuse = true)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_site.Socket), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        if (!reuse)
        {
            handler.PooledConnectionLifetime = TimeSpan.Zero;
        }

        return new HttpClient(handler) { BaseAddress = new Uri("http://gateway"), Timeout = timeout };
    }

    /// <summary>Replaces the servers; returns once no worker with the old servers accepts connections.</summary>
    public async Task ReloadAsync(IEnumerable<string> servers)
    {
        var reloaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_errors)
        {
            (_reloaded, _leaving) = (reloaded, 0);
        }

        _site.WriteServers(servers);
        Assert.Equal(0, Kill(_process.Id, Hangup));
        await reloaded.Task.WaitAsync(Deadline);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _site.Dispose();
    }

    private async Task StartAsync()
    {
        _process.Exited += (_, _) => _started.TrySetException(new InvalidOperationException($"nginx ended: {Errors()}"));
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } request)
            {
                _requests.Enqueue(request);
            }
        };
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        try
        {
            await _started.Task.WaitAsync(Deadline);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    // The sockets are open before the first worker is started, so nothing can be refused after this line.
    private void Note(string? line)
    {
        lock (_errors)
        {
            _errors.AppendLine(line);
            if (line?.Contains("gracefully shutting down", StringComparison.Ordinal) == true && ++_leaving == Workers)
            {
                _reloaded?.TrySetResult();
            }
        }

        if (line?.Contains("start worker process ", StringComparison.Ordinal) == true)
        {
            _started.TrySetResult();
        }
    }

    /// <summary>The log of requests so far, one JSON object for each; a request is logged shortly after its end.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>The error log of nginx, without the log of requests.</summary>
    public string Errors()
    {
        lock (_errors)
        {
            return _errors.ToString();
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int id, int signal);
}
