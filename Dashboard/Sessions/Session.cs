using System.Net;
using System.Net.Http.Headers;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Transport;

namespace FlowGpt.Dashboard.Sessions;

/// <summary>Who uses the page.</summary>
public sealed class Session(AdminClient admin, HttpClient http)
{
    /// <summary>Raised after signing in or out.</summary>
    public event Action? Changed;

    /// <summary>Whether the gateway knows the person.</summary>
    public bool IsSignedIn { get; private set; }

    /// <summary>Whether an earlier session has ended by itself.</summary>
    public bool HasExpired { get; private set; }

    /// <summary>Goes on with the session that the browser still has.</summary>
    public Task ResumeAsync() => Task.CompletedTask;

    /// <summary>Signs in with the admin key.</summary>
    /// <returns>What is wrong; null when signed in.</returns>
    public async Task<string?> SignInAsync(string key)
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            await admin.Pools.ListAsync();
        }
        catch (AdminException exception)
        {
            http.DefaultRequestHeaders.Authorization = null;
            return exception.Message;
        }

        IsSignedIn = true;
        HasExpired = false;
        Changed?.Invoke();
        return null;
    }

    /// <summary>Signs out.</summary>
    public Task SignOutAsync()
    {
        End(hasExpired: false);
        return Task.CompletedTask;
    }

    /// <summary>Notes an error of the gateway: one that says that the session is over leads to the sign-in page.</summary>
    public void Note(AdminException exception)
    {
        if (exception.Status == HttpStatusCode.Unauthorized && IsSignedIn)
        {
            End(hasExpired: true);
        }
    }

    private void End(bool hasExpired)
    {
        http.DefaultRequestHeaders.Authorization = null;
        IsSignedIn = false;
        HasExpired = hasExpired;
        Changed?.Invoke();
    }
}
