using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary><see cref="FlowGptOptions"/> in the form that calls need, made once.</summary>
internal sealed class FlowGptSettings
{
    public FlowGptSettings(FlowGptOptions options)
    {
        var root = options.BaseUrl.TrimEnd('/');
        ChatUri = new Uri($"{root}/v3/chat");
        CreateUri = new Uri($"{root}/conversation/create");
        SignatureForm = SignatureForms.TryParse(options.Signature, out var form) ? form : throw Invalid(nameof(options.Signature));
        ContextMode = ContextModes.TryParse(options.ContextMode, out var mode) ? mode : throw Invalid(nameof(options.ContextMode));
        DefaultTemperature = options.DefaultTemperature;
        FirstByteTimeout = TimeSpan.FromSeconds(options.FirstByteTimeoutSeconds);
        BetweenBytesTimeout = TimeSpan.FromSeconds(options.BetweenBytesTimeoutSeconds);
        TotalTimeout = TimeSpan.FromSeconds(options.TotalTimeoutSeconds);
        Connections = new ConnectionLimits(
            TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            TimeSpan.FromSeconds(options.ConnectionLifetimeSeconds),
            Idle: TimeSpan.FromSeconds(30),
            options.MaxConnections
        );
        MaxLineBytes = options.MaxLineBytes;
        Headers = CommonHeaders(options);
    }

    public Uri ChatUri { get; }
    public Uri CreateUri { get; }
    public SignatureForm SignatureForm { get; }
    public ContextMode ContextMode { get; }
    public double DefaultTemperature { get; }
    public TimeSpan FirstByteTimeout { get; }
    public TimeSpan BetweenBytesTimeout { get; }
    public TimeSpan TotalTimeout { get; }
    public ConnectionLimits Connections { get; }
    public int MaxLineBytes { get; }

    /// <summary>Headers that every request has, the operator's included.</summary>
    public KeyValuePair<string, string>[] Headers { get; }

    private static KeyValuePair<string, string>[] CommonHeaders(FlowGptOptions options)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Accept"] = "*/*",
            ["Accept-Language"] = options.AcceptLanguage,
            ["Origin"] = options.Origin,
            ["Referer"] = options.Referer,
            ["x-flow-language"] = "en",
        };
        foreach (var (name, value) in options.ExtraHeaders)
        {
            headers[name] = value;
        }

        return [.. headers.Where(header => header.Value.Length > 0)];
    }

    private static ArgumentException Invalid(string option) =>
        new($"{FlowGptOptions.SectionName}:{option} is not valid; check the options with {nameof(FlowGptOptionsValidator)} first.");
}
