using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace FlowGpt.Tests.Process.Partition;

/// <summary>
/// A network namespace for a test: programs in it reach only the links that the test makes. Needs root; the running test is reported as skipped
/// where a namespace may not be made.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private const int NewNetwork = 0x40000000;

    private static readonly ExternalProgram Ip = new("ip", "apt-get install -y iproute2");

    private static int _count;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Makes a namespace with a working loopback interface.</summary>
    public static async Task<NetworkNamespace> CreateAsync()
    {
        var made = new NetworkNamespace($"flowgpt-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var (code, output) = await TryAsync("netns", "add", made.Name);
        Assert.SkipUnless(code == 0, $"Network namespaces may not be made here (run as root): {output}");
        await made.ConfigureAsync("link", "set", "lo", "up");
        return made;
    }

    /// <summary>Connects two namespaces by a new link.</summary>
    public static async Task LinkAsync((NetworkNamespace Namespace, string Address) one, (NetworkNamespace Namespace, string Address) other)
    {
        var number = Interlocked.Increment(ref _count);
        var (left, right) = ($"l{number}", $"r{number}");
        await RunAsync(
            "link",
            "add",
            left,
            "netns",
            one.Namespace.Name,
            "type",
            "veth",
            "peer",
            "name",
            right,
            "netns",
            other.Namespace.Name
        );
        await one.Namespace.RaiseAsync(left, one.Address);
        await other.Namespace.RaiseAsync(right, other.Address);
    }

    /// <summary>Runs <c>ip</c> in the namespace.</summary>
    public Task ConfigureAsync(params string[] arguments) => RunAsync(["-n", Name, .. arguments]);

    /// <summary>Runs a shell command in the namespace.</summary>
    public Task ExecuteAsync(string command) => RunAsync("netns", "exec", Name, ExternalProgram.Bash.PathOrSkip(), "-c", command);

    /// <summary>Starts a program in the namespace; its process is the program's own.</summary>
    public ProcessHost Start(
        string program,
        string directory,
        IReadOnlyDictionary<string, string> environment,
        params string[] arguments
    ) =>
        ProcessHost.Start(
            Ip.PathOrSkip(),
            directory,
            environment,
            ["netns", "exec", Name, Path.Combine(AppContext.BaseDirectory, program), .. arguments]
        );

    /// <summary>A client whose connections are made in the namespace.</summary>
    public HttpClient NewClient(Uri address) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancellationToken) =>
                {
                    var socket = await CreateSocketAsync();
                    await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };

    public async ValueTask DisposeAsync() => await TryAsync("netns", "del", Name);

    // A socket always belongs to the namespace of the thread that made it; this thread ends at once.
    private Task<Socket> CreateSocketAsync()
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{Name}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (SetNamespace((int)handle.DangerousGetHandle(), NewNetwork) != 0)
                {
                    throw new InvalidOperationException($"The namespace {Name} cannot be entered: error {Marshal.GetLastPInvokeError()}.");
                }

                made.SetResult(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (Exception exception)
            {
                made.SetException(exception);
            }
        })
        {
            IsBackground = true,
        }.Start();
        return made.Task;
    }

    private async Task RaiseAsync(string link, string address)
    {
        await ConfigureAsync("addr", "add", address, "dev", link);
        await ConfigureAsync("link", "set", link, "up");
    }

    private static async Task RunAsync(params string[] arguments)
    {
        var (code, output) = await TryAsync(arguments);
        Assert.True(code == 0, $"ip {string.Join(' ', arguments)}: {output}");
    }

    private static async Task<(int Code, string Output)> TryAsync(params string[] arguments)
    {
        await using var host = ProcessHost.Start(Ip.PathOrSkip(), Path.GetTempPath(), new Dictionary<string, string>(), arguments);
        return (await host.WaitForExitAsync(), host.Output);
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static extern int SetNamespace(int descriptor, int kind);
}
