namespace FlowGpt.ApiFrontend.Configuration;

/// <summary>A short name that users set in the environment or in <c>.env</c>, and the configuration key it stands for.</summary>
/// <param name="Name">The name in the environment.</param>
/// <param name="Key">The configuration key.</param>
/// <param name="IsSecret">Whether its value must not be shown.</param>
internal sealed record UserSetting(string Name, string Key, bool IsSecret = false)
{
    /// <summary>Checks the text and gives it the key's own form. Null: taken as it is.</summary>
    public Func<string, SettingValue>? Convert { get; init; }

    /// <summary>Every short name of the product.</summary>
    public static IReadOnlyList<UserSetting> All { get; } =
    [
        new("API_MASTER_KEY", "FlowGpt:Frontend:MasterKey", IsSecret: true),
        new("ADMIN_API_KEY", "FlowGpt:Frontend:AdminKey", IsSecret: true),
        new("FLOWGPT_BASE_URL", "FlowGpt:Upstream:BaseUrl") { Convert = SettingValue.HttpAddress },
        new("FLOWGPT_SIGNATURE", "FlowGpt:Upstream:Signature")
        {
            Convert = text =>
                SettingValue.OneOf(
                    text,
                    ("dash-authorization", "DashAuthorization"),
                    ("concatenated-device", "ConcatenatedDevice"),
                    ("colon-device", "ColonDevice")
                ),
        },
        new("FLOWGPT_CONTEXT_MODE", "FlowGpt:Upstream:ContextMode")
        {
            Convert = text => SettingValue.OneOf(text, ("conversation", "Conversation"), ("history", "History")),
        },
        new("REQUEST_TIMEOUT", "FlowGpt:Upstream:TotalTimeout") { Convert = SettingValue.Seconds },
        new("FLOWGPT_BEARER_TOKEN", "FlowGpt:Accounts:BearerToken", IsSecret: true),
        new("FLOWGPT_DEVICE_ID", "FlowGpt:Accounts:DeviceId"),
        new("FLOWGPT_ACCOUNTS_FILE", "FlowGpt:Accounts:File"),
        new("DATA_DIRECTORY", "FlowGpt:Silo:DataDirectory"),
        new("REDIS_CONNECTION", "FlowGpt:Redis:Connection", IsSecret: true),
        new("ASPNETCORE_URLS", "urls") { Convert = SettingValue.ListenAddresses },
    ];
}
