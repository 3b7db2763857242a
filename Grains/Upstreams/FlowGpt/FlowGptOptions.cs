using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// How the FlowGPT backend is called. What is not known for certain about the service is a setting here; <see cref="FlowGptOptionsValidator"/>
/// checks all of it and names every problem. Bound once; a change needs a restart.
/// </summary>
public sealed class FlowGptOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "FlowGpt:Upstream";

    /// <summary>Root of the backend, http or https, without a query.</summary>
    /// <value>Default: the newest host known. The service has moved several times.</value>
    public string BaseUrl { get; set; } = "https://prod-backend-k8s.flowgpt.com";

    /// <summary>The <c>Origin</c> header; empty sends none.</summary>
    public string Origin { get; set; } = "https://flowgpt.com";

    /// <summary>The <c>Referer</c> header; empty sends none.</summary>
    public string Referer { get; set; } = "https://flowgpt.com/";

    /// <summary>The <c>Accept-Language</c> header; empty sends none.</summary>
    public string AcceptLanguage { get; set; } = "en-US,en;q=0.9";

    /// <summary>What the request signature is made of: <c>dash-authorization</c>, <c>concatenated-device</c> or <c>colon-device</c>.</summary>
    /// <value>Default: <c>dash-authorization</c>, the only form that two independent clients use.</value>
    public string Signature { get; set; } = SignatureForms.DashAuthorization;

    /// <summary>
    /// How context travels: <c>conversation</c> (created once, later turns send only the new question) or <c>history</c> (one request with all of it
    /// every time; the only mode with a real system prompt).
    /// </summary>
    /// <value>Default: <c>conversation</c>.</value>
    public string ContextMode { get; set; } = ContextModes.Conversation;

    /// <summary>Sampling temperature when the caller names none.</summary>
    /// <value>0 to 2, default 0.7 as the web client sends.</value>
    public double DefaultTemperature { get; set; } = 0.7;

    /// <summary>
    /// Headers added to every request, e.g. <c>User-Agent</c>; an account's own headers win over these. They replace the client's own of the
    /// same name, except those that identify, sign or frame the request (<see cref="ExtraHeaderRules"/>).
    /// </summary>
    public Dictionary<string, string> ExtraHeaders { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Longest wait for a new connection, TLS included.</summary>
    /// <value>Seconds, more than 0 and at most 3600, default 10.</value>
    public double ConnectTimeoutSeconds { get; set; } = 10;

    /// <summary>Longest wait from sending a request (connecting included) to the first byte of its reply's body.</summary>
    /// <value>Seconds, more than 0 and at most 3600, default 60.</value>
    public double FirstByteTimeoutSeconds { get; set; } = 60;

    /// <summary>Longest silence inside a reply. Counts only while a reader waits.</summary>
    /// <value>Seconds, more than 0 and at most 3600, default 60.</value>
    public double BetweenBytesTimeoutSeconds { get; set; } = 60;

    /// <summary>Longest time for a whole call, from opening it to the reply's end (<c>REQUEST_TIMEOUT</c>).</summary>
    /// <value>Seconds, more than 0 and at most 86400, default 300. Shorter than another timeout, it wins.</value>
    public double TotalTimeoutSeconds { get; set; } = 86_400;

    /// <summary>Most connections at once to the backend; a request beyond them waits, within its first-byte timeout.</summary>
    /// <value>1 to 65535, default 4096.</value>
    public int MaxConnections { get; set; } = 4096;

    /// <summary>How long a connection is reused before it is replaced, so that a moved host is noticed.</summary>
    /// <value>Seconds, 1 to 86400, default 300.</value>
    public double ConnectionLifetimeSeconds { get; set; } = 300;

    /// <summary>Longest line of a reply's body; a longer line fails the reply. Bounds the memory of a stream.</summary>
    /// <value>Bytes, 1024 to 16777216, default 262144.</value>
    public int MaxLineBytes { get; set; } = 256 * 1024;

    /// <summary>The same options for another address of the backend.</summary>
    internal FlowGptOptions At(Uri address)
    {
        var copy = (FlowGptOptions)MemberwiseClone();
        copy.BaseUrl = address.ToString();
        return copy;
    }
}
