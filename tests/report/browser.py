"""A headless Chromium for the tests of the report. Where there is none, the test is skipped and says so."""
import base64
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77


def skip(why):
    print(f"skipped: {why}; on Debian: apt-get install chromium chromium-driver python3-selenium fonts-noto-cjk")
    sys.exit(SKIPPED)


try:
    from selenium import webdriver
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
except ImportError:
    skip("no selenium")


class Browser:
    def __init__(self):
        chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if not chromium or not driver:
            skip("no chromium")
        self.home = tempfile.TemporaryDirectory()
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for argument in ("--headless=new", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={self.home.name}/profile",
                         "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"):
            options.add_argument(argument)
        if os.geteuid() == 0:
            options.add_argument("--no-sandbox")  # which root cannot have
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        try:
            self.driver = webdriver.Chrome(service=Service(driver), options=options)
        except WebDriverException as e:
            skip(f"chromium does not start here: {e.msg.splitlines()[0]}")
        self.faults = []

    def close(self):
        self.driver.quit()
        self.home.cleanup()

    def emulate(self, width, height, dark=False, phone=False, language="zh-CN"):
        call = self.driver.execute_cdp_cmd
        call("Emulation.setDeviceMetricsOverride",
             {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone})
        call("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})
        agent = self.driver.execute_script("return navigator.userAgent")
        call("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": language})

    def open(self, path):
        start = time.monotonic()
        self.driver.get(Path(path).resolve().as_uri())
        self.wait("return document.body.dataset.ready === 'true'")
        return time.monotonic() - start

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def wait(self, script, *arguments, seconds=30):
        end = time.monotonic() + seconds
        while not self.run(script, *arguments):
            if time.monotonic() > end:
                raise AssertionError(f"never true: {script}; console: {self.console()}")
            time.sleep(0.02)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def texts(self, selector):
        return self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)

    def console(self):
        self.faults += [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        return self.faults

    def print_pdf(self):
        return base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})["data"])

    def shot(self, path):
        """Once what a click changed is drawn."""
        self.run("return document.fonts.ready.then(() => true)")
        time.sleep(0.2)
        self.driver.save_screenshot(str(path))
