namespace FlowGpt.ApiFrontend;

/// <summary>Settings of the HTTP surface. Section <see cref="Section"/>.</summary>
public sealed class FrontendOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "FlowGpt:Frontend";

    /// <summary>The configuration key of <see cref="OrleansDashboard"/>, for what is composed before options are bound.</summary>
    public const string OrleansDashboardKey = Section + ":" + nameof(OrleansDashboard);

    /// <summary>Fewest characters of a key.</summary>
    public const int MinKeyLength = 16;

    /// <summary>The key that every client presents. Required: the endpoint is never open.</summary>
    /// <value>At least 16 characters without white space.</value>
    public string MasterKey { get; set; } = "";

    /// <summary>The operators' key for <c>/admin</c>. Required, and never the same as <see cref="MasterKey"/>.</summary>
    /// <value>At least 16 characters without white space.</value>
    public string AdminKey { get; set; } = "";

    /// <summary>Longest request body; a longer body is answered 413.</summary>
    /// <value>Default 4 MiB; 1 KiB to 25 MiB. Orleans does not carry larger messages well.</value>
    public int MaxRequestBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a request may be silent: waiting for an account and retries until something comes, then from each piece of the reply to the next.</summary>
    /// <value>Default 300 s; 1 s to 1 h.</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(300);

    /// <summary>A request's whole time, however its reply goes on.</summary>
    /// <value>Default 0: no such limit; else 1 s to 24 h.</value>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>
    /// A stream that has nothing to say for this long is begun all the same, with status 200 and comment lines, for proxies that end what is silent. A failure after
    /// that is an error event instead of a status.
    /// </summary>
    /// <value>Default 0: the status is decided by the first event; else 1 s to 10 min.</value>
    public TimeSpan EarlyStreamAfter { get; set; } = TimeSpan.Zero;

    /// <summary>How long a client may take no more of its reply while more of it waits; then its connection is ended.</summary>
    /// <value>Default 30 s; 1 s to 10 min.</value>
    public TimeSpan WriteWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Requests for replies that one client key may have in flight in one process; more are refused with 429. A limit of the whole cluster is a limit of the key.</summary>
    /// <value>Default 10,000; 1 to 1,000,000.</value>
    public int MaxInFlightPerKey { get; set; } = 10_000;

    /// <summary>The same for one address, whatever its keys.</summary>
    /// <value>Default 10,000; 1 to 1,000,000.</value>
    public int MaxInFlightPerAddress { get; set; } = 10_000;

    /// <summary>Requests of one client key whose tokens one process counts at one time (<c>count_tokens</c>, <c>input_tokens</c>, <c>compact</c>); more of them wait.</summary>
    /// <value>Default 2; 1 to 1,000.</value>
    public int MaxCountsPerKey { get; set; } = 2;

    /// <summary>The time zone of the days of usage queries, as an IANA name such as <c>Europe/Berlin</c>.</summary>
    /// <value>Default <c>UTC</c>.</value>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>The time zone that <see cref="TimeZone"/> names; UTC for a name that is unknown.</summary>
    internal TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>
    /// How long the start of a turn is repeated while the cluster does not take it: as long as silos may need to notice that a silo froze, and to
    /// take over its work, and longer than a stopping silo may take to deactivate the grain that the turn belongs to
    /// (<c>FlowGpt:Silo:DeactivationTimeout</c>): calls to that grain wait until then. Then the client gets 503.
    /// </summary>
    /// <value>Default 30 s; 0.1 s to 5 min.</value>
    public TimeSpan StartWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the silo of a response may leave its frontend without an answer. Then the response is lost: it is started again if its client has
    /// seen nothing, and ended with an error if it has. Calls give up after 3 s by themselves, so the end comes up to 4 s later;
    /// sooner when the silo is declared dead.
    /// </summary>
    /// <value>Default 8 s; 0.1 s to 1 min. Shorter: an error sooner when a silo froze; longer: a slow silo is waited for.</value>
    public TimeSpan LostAfter { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// At a stop of the process: how long requests in flight may continue before they are ended with an error. Less than the time for the whole stop.
    /// </summary>
    /// <value>Default 50 s; 0 to 10 min.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(50);

    /// <summary>
    /// How long a stop of an API process may take in all. Inside a silo, the silo's <c>FlowGpt:Silo:ShutdownTimeout</c> holds instead.
    /// </summary>
    /// <value>Default 60 s; 1 s to 10 min, and more than <see cref="DrainTimeout"/>.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a stream waits after each piece of text, so that more of it goes out in one write. The first text never waits.
    /// </summary>
    /// <value>Default 0; up to 20 ms. Fewer and larger writes, each up to that much later; no saving of CPU was measured (docs/performance.md).</value>
    public TimeSpan StreamLinger { get; set; } = TimeSpan.Zero;

    /// <summary>A stream that has been silent this long gets a comment line, so that proxies keep it open.</summary>
    /// <value>Default 15 s; 1 s to 5 min.</value>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Whether a stream that fails after its first byte is cut off, after its error event, without the end mark of HTTP.
    /// Some SDKs ignore the event and would take the partial reply for a whole reply. Streams of Responses and of Messages are never cut off: they have an event for their failed end.
    /// </summary>
    /// <value>Default true.</value>
    public bool AbortOnStreamError { get; set; } = true;

    /// <summary>Whether a field that the API does not have is refused rather than ignored.</summary>
    /// <value>Default false: clients send vendor fields.</value>
    public bool RejectUnknownParameters { get; set; }

    /// <summary>Whether admins may read the text of stored conversations and kept responses; each reading is noted in the audit log.</summary>
    /// <value>Default false.</value>
    public bool ShowConversationText { get; set; }

    /// <summary>
    /// Whether a request is refused that offers tools which only its provider can run, such as a web search. Otherwise they are left out and named in the header
    /// <c>X-Tools-Left-Out</c>: agents offer them unasked.
    /// </summary>
    /// <value>Default false.</value>
    public bool RejectBuiltInTools { get; set; }

    /// <summary>Origins whose pages may call the API, separated by semicolons; <c>*</c> means any, an empty text for none.</summary>
    /// <value>Default <c>*</c>: a call needs the key anyway, cookies play no part.</value>
    public string CorsOrigins { get; set; } = "*";

    /// <summary>
    /// Proxies in front of the API, as addresses or networks (<c>10.0.0.0/8</c>) separated by semicolons. Their <c>X-Forwarded-For</c> says where a request
    /// comes from, <c>X-Forwarded-Proto</c> whether the client uses TLS, and <c>X-Forwarded-Prefix</c> below which path the client sees the API. Anybody
    /// else's are ignored. Wrong keys are counted by that address.
    /// </summary>
    /// <value>Default: this machine, <c>127.0.0.0/8;::1</c>.</value>
    public string TrustedProxies { get; set; } = "127.0.0.0/8;::1";

    /// <summary>
    /// Addresses to listen on for <c>/metrics</c> and <c>/health</c> alone, separated by semicolons (<c>METRICS_URLS</c>). <c>/metrics</c> is then nowhere else.
    /// </summary>
    /// <value>Default empty: <c>/metrics</c> is at the ordinary address, for callers on this machine that come without a proxy.</value>
    public string MetricsUrls { get; set; } = "";

    /// <summary>
    /// Addresses to listen on for <c>/admin</c>, <c>/dashboard</c>, <c>/docs</c> and <c>/health</c>, separated by semicolons (<c>ADMIN_URLS</c>). The first two are then
    /// nowhere else.
    /// </summary>
    /// <value>Default empty: they are at the ordinary address.</value>
    public string AdminUrls { get; set; } = "";

    /// <summary>
    /// At a stop of the process: how long requests are still taken while <c>/health/ready</c> says 503 and replies close their connections. For a process behind a proxy
    /// that is not told of the stop.
    /// </summary>
    /// <value>Default 0; up to 1 min, and less than <see cref="DrainTimeout"/>.</value>
    public TimeSpan LeaveFor { get; set; } = TimeSpan.Zero;

    /// <summary>How long the list of models is used before it is asked for again.</summary>
    /// <value>Default 5 s; 0 to 5 min.</value>
    public TimeSpan ModelCacheFor { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether Orleans' own dashboard is at <c>/admin/orleans</c>, for operators. Silos and frontends of a cluster must be set alike. It looks at
    /// every call between grains, which costs each request a little: for the search for a problem, not for continuous use.
    /// </summary>
    /// <value>Default false.</value>
    public bool OrleansDashboard { get; set; }

    /// <summary>The origins of <see cref="CorsOrigins"/>.</summary>
    internal string[] Origins() => CorsOrigins.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
