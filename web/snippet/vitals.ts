/* The second file, loaded late: it measures, and hands what it finds to the first. */
import { onCLS, onFCP, onINP, onLCP, onTTFB, type MetricType } from "web-vitals";

declare global {
  interface Window {
    /** Told a measure under the name of its property: milliseconds, or the bare score of CLS. */
    sojournVitals?: (name: string, value: number) => void;
  }
}

const tell = ({ name, value }: MetricType): void => {
  if (name === "CLS") window.sojournVitals?.("cls", Math.round(value * 10_000) / 10_000);
  else window.sojournVitals?.(`${name.toLowerCase()}_ms`, Math.round(value));
};

for (const measure of [onCLS, onFCP, onINP, onLCP, onTTFB]) measure(tell, { reportAllChanges: true });
