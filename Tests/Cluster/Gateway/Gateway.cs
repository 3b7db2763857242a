using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Headers;
using System.Text.Json;
using Anthropic;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Usage;
using FlowGpt.Silo.Hosting;
using FlowGpt.Simulator.Hosting;
using FlowGpt.Tests.Cluster.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Responses;

namespace FlowGpt.Tests.Cluster.Gateway;

/// <summary>The whole product in this process, composed as its program composes it, over a simulator as its upstream.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    public const string MasterKey = "sk-evidence-client-0123456789";
    public const string AdminKey = "sk-evidence-admin-0123456789";
    public const string Model = "gpt-4-free";

    private readonly TemporaryDirectory _directory;
    private readonly string[] _settings;
    private SiloApplication _application = null!;

    private Gateway(SimulatorHost simulator, string[] settings)
    {
        Simulator = simulator;
        _directory = new TemporaryDirectory();
        _settings = settings;
    }

    public SimulatorHost Simulator { get; }

    /// <summary>A client with the master key.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IGrainFactory Grains => _application.Services.GetRequiredService<IGrainFactory>();

    public ITokenPoolGrain Pool => Grains.GetGrain<ITokenPoolGrain>("flowgpt");

    private string AccountsFile => _directory.File("accounts.json");

    /// <summary>Starts a gateway with these accounts.</summary>
    /// <param name="accounts">The accounts, each with a token that the simulator accepts.</param>
    /// <param name="settings">Further settings, as <c>NAME=value</c>.</param>
    public static async Task<Gateway> StartAsync(IEnumerable<GatewayAccount> accounts, params string[] settings)
    {
        var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );
        var gateway = new Gateway(simulator, settings);
        gateway.WriteAccounts(accounts);
        await gateway.LaunchAsync();
        return gateway;
    }

    /// <summary>Starts a gateway with an accounts file of any content.</summary>
    public static async Task<Gateway> StartWithFileAsync(Func<SimulatorHost, object> file, params string[] settings)
    {
        var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );
        var gateway = new Gateway(simulator, settings);
        gateway.WriteFile(file(simulator));
        await gateway.LaunchAsync();
        return gateway;
    }

    /// <summary>A number of accounts without limits: <c>a1</c>, <c>a2</c> and so on.</summary>
    public static Task<Gateway> StartAsync(int accounts, params string[] settings) =>
        StartAsync(Enumerable.Range(1, accounts).Select(i => new GatewayAccount($"a{i}")), settings);

    /// <summary>Starts a gateway with an accounts file of any form.</summary>
    /// <param name="file">Makes the file's JSON.</param>
    public static async Task<Gateway> StartWithAsync(Func<SimulatorHost, string> file)
    {
        var simulator = await SimulatorHost.StartAsync(
            new SimulatorOptions { AcceptUnknownAccounts = false },
            TestContext.Current.CancellationToken
        );
        var gateway = new Gateway(simulator, []);
        File.WriteAllText(gateway.AccountsFile, file(simulator));
        await gateway.LaunchAsync();
        return gateway;
    }

    /// <summary>Replaces the accounts file, as an operator's editor does.</summary>
    public void WriteAccounts(params IEnumerable<GatewayAccount> accounts) =>
        WriteFile(new { accounts = accounts.Select(account => account.ToFile(Simulator)) });

    /// <summary>As <see cref="WriteAccounts"/>, with a file of any content.</summary>
    public void WriteFile(object file)
    {
        var draft = AccountsFile + ".draft";
        File.WriteAllText(draft, JsonSerializer.Serialize(file));
        File.Move(draft, AccountsFile, overwrite: true);
    }

    /// <summary>Stops the product and starts it again on the same data.</summary>
    /// <param name="meanwhile">Changes the data while the product is stopped.</param>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await StopAsync();
        meanwhile?.Invoke();
        await LaunchAsync();
    }

    /// <summary>The official SDK's client.</summary>
    public ChatClient NewSdk(string model = Model, string key = MasterKey, int retries = 0) =>
        new(model, new ApiKeyCredential(key), SdkOptions(retries));

    /// <summary>The official SDK's client for embeddings.</summary>
    public EmbeddingClient NewEmbeddingSdk(string model) => new(model, new ApiKeyCredential(MasterKey), SdkOptions(retries: 0));

    /// <summary>The official Anthropic SDK's client, which checks every answer.</summary>
    public AnthropicClient NewAnthropicSdk(string key = MasterKey, int retries = 0) =>
        new()
        {
            ApiKey = key,
            BaseUrl = Http.BaseAddress!.ToString().TrimEnd('/'),
            MaxRetries = retries,
            Timeout = Soon.Limit,
            ResponseValidation = true,
        };

    /// <summary>The official SDK's client of responses.</summary>
    public ResponsesClient NewResponses(string key = MasterKey) =>
        new(
            new ApiKeyCredential(key),
            new ResponsesClientOptions
            {
                Endpoint = new Uri(Http.BaseAddress!, "/v1"),
                NetworkTimeout = Soon.Limit,
                RetryPolicy = new ClientRetryPolicy(0),
            }
        );

    /// <summary>An operator's client.</summary>
    public AdminClient NewAdmin() => new(Http.BaseAddress!);

    /// <summary>The contents of every file in the product's data directory now.</summary>
    public IEnumerable<(string Path, byte[] Content)> DataFiles() =>
        Directory
            .EnumerateFiles(_directory.File("data"), "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "lock")
            .Select(file => (file, File.ReadAllBytes(file)));

    /// <summary>Sends a request and returns when its headers have come.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken leave = default) =>
        Soon.Happens(Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave), "the gateway answers");

    public Task<HttpResponseMessage> PostAsync(ChatBody body, CancellationToken leave = default) => SendAsync(body.ToRequest(), leave);

    /// <summary>One chat completion; returns its status and its body.</summary>
    public async Task<ChatAnswer> ChatAsync(ChatBody body)
    {
        using var response = await PostAsync(body);
        return await ChatAnswer.ReadAsync(response);
    }

    public Task<ChatAnswer> ChatAsync(string text) => ChatAsync(new ChatBody(text));

    /// <summary>One chat completion that has to be answered with 200.</summary>
    public async Task<ChatAnswer> ServeAsync(ChatBody body)
    {
        var answer = await ChatAsync(body);
        Assert.True(answer.Status == 200, $"expected 200, got {answer.Status}: {answer.Body}");
        return answer;
    }

    public Task<ChatAnswer> ServeAsync(string text) => ServeAsync(new ChatBody(text));

    /// <summary>The pool's state once no account has a lease; ends of leases are reported in the background.</summary>
    public Task<PoolSnapshot> IdlePoolAsync() =>
        Soon.Becomes(Pool.GetSnapshot, static pool => pool.Accounts.All(account => account.Leases == 0), "every lease is returned");

    /// <summary>The client's booked usage of this hour and of the hour before, since a new hour may begin during the test.</summary>
    public async ValueTask<UsageTotals> BookedAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var last = await LedgerAsync(now.AddHours(-1));
        var present = await LedgerAsync(now);
        return new UsageTotals(
            last.Requests + present.Requests,
            last.Errors + present.Errors,
            last.Estimated + present.Estimated,
            last.PromptTokens + present.PromptTokens,
            last.CompletionTokens + present.CompletionTokens,
            last.CachedTokens + present.CachedTokens
        );
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Simulator.DisposeAsync();
        _directory.Dispose();
    }

    private OpenAIClientOptions SdkOptions(int retries) =>
        new()
        {
            Endpoint = new Uri(Http.BaseAddress!, "/v1"),
            NetworkTimeout = Soon.Limit,
            RetryPolicy = new ClientRetryPolicy(retries),
        };

    private ValueTask<UsageTotals> LedgerAsync(DateTimeOffset at) =>
        Grains.GetGrain<IUsageLedgerGrain>(IUsageLedgerGrain.KeyOf("master", at)).GetTotals();

    private async Task LaunchAsync()
    {
        string[] arguments =
        [
            "--urls=http://127.0.0.1:0",
            $"--DATA_DIRECTORY={_directory.File("data")}",
            $"--API_MASTER_KEY={MasterKey}",
            $"--ADMIN_API_KEY={AdminKey}",
            $"--FLOWGPT_BASE_URL={Simulator.Address}",
            $"--FLOWGPT_ACCOUNTS_FILE={AccountsFile}",
            "--FlowGpt:Logging:Level=Fatal",
            "--FlowGpt:Logging:Override:Orleans=Fatal",
            .. _settings.Select(setting => "--" + setting),
        ];
        _application = await SiloApplication.BuildAsync(arguments, _directory.Path, TextWriter.Null);
        await _application.StartAsync(TestContext.Current.CancellationToken);
        Http = new HttpClient(new SocketsHttpHandler { UseProxy = false, ResponseDrainTimeout = TimeSpan.Zero })
        {
            BaseAddress = new Uri(_application.Address),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", MasterKey);
    }

    private async Task StopAsync()
    {
        Http.Dispose();
        await _application.Services.GetRequiredService<IHost>().StopAsync();
        await _application.DisposeAsync();
    }
}
